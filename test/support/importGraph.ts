// Reads the source tree as files with their imports, without any dependency, so that rules can be asked of it.
import { readFile, readdir } from 'node:fs/promises';
import { join, posix } from 'node:path';

export interface SourceFile {
  /** Path from the project's root, with `/` on every platform. */
  readonly path: string;
  readonly text: string;
  /** What the file imports, types included: own files as paths from the root, packages by their specifier. */
  readonly imports: readonly string[];
}

const sourceName = /\.(?:ts|mjs|js|cjs)$/;
const importForms = [
  /^\s*(?:import|export)\b[^;'"`]*?\bfrom\s*['"]([^'"]+)['"]/gm,
  /^\s*import\s*['"]([^'"]+)['"]/gm,
  /\b(?:import|require)\(\s*['"]([^'"]+)['"]/g,
];

/** Reads every source file beneath the given folders of `root`; a folder that does not exist has no files. */
export async function readSourceTree(root: string, folders: readonly string[]): Promise<SourceFile[]> {
  const paths = (await Promise.all(folders.map((folder) => sourcePathsIn(root, folder)))).flat().sort();
  return Promise.all(paths.map(async (path) => sourceFileOf(path, await readFile(join(root, path), 'utf8'))));
}

/** Makes a file of the graph from its path and text. */
export function sourceFileOf(path: string, text: string): SourceFile {
  const specifiers = importForms.flatMap((form) => [...text.matchAll(form)].map((match) => match[1] ?? ''));
  const imports = specifiers.map((specifier) =>
    specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : specifier,
  );
  return { path, text, imports: [...new Set(imports)] };
}

/** The first circle that the imports form, as the paths along it with the first one again at the end. */
export function findCircle(files: readonly SourceFile[]): string[] | undefined {
  const importsOf = new Map(files.map((file) => [file.path, file.imports]));
  const finished = new Set<string>();
  const visit = (path: string, trail: readonly string[]): string[] | undefined => {
    const start = trail.indexOf(path);
    if (start >= 0) return [...trail.slice(start), path];
    if (finished.has(path)) return undefined;
    for (const target of importsOf.get(path) ?? []) {
      const circle = visit(target, [...trail, path]);
      if (circle !== undefined) return circle;
    }
    finished.add(path);
    return undefined;
  };
  for (const { path } of files) {
    const circle = visit(path, []);
    if (circle !== undefined) return circle;
  }
  return undefined;
}

async function sourcePathsIn(root: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { withFileTypes: true }).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  });
  const nested = entries
    .filter((entry) => entry.name !== 'node_modules' && !entry.name.startsWith('.'))
    .map(async (entry) => {
      const path = posix.join(folder, entry.name);
      if (entry.isDirectory()) return sourcePathsIn(root, path);
      return entry.isFile() && sourceName.test(entry.name) ? [path] : [];
    });
  return (await Promise.all(nested)).flat();
}
