// Makes a tree of folders out of paths, and lines to read out of the tree.

/** Names to subfolders; null marks a file. */
export type FileTree = Map<string, FileTree | null>;

/** The tree of relative paths with `/`; a path that ends in `/` is a folder without known content. */
export function buildTree(paths: readonly string[]): FileTree {
  const root: FileTree = new Map();
  for (const path of paths) {
    const names = path.split('/');
    const fileName = names.pop() ?? '';
    let folder = root;
    for (const name of names) {
      const next = folder.get(name) ?? (new Map() as FileTree);
      folder.set(name, next);
      folder = next;
    }
    if (fileName !== '' && !folder.has(fileName)) folder.set(fileName, null);
  }
  return root;
}

/**
 * One line per entry, indented by level, folders first and each with its number of files.
 * Opens `depth` levels; of more than `maxEntries` lines the deepest are left out first.
 */
export function treeLines(
  root: FileTree,
  depth: number,
  maxEntries: number,
): { readonly lines: readonly string[]; readonly leftOut: number } {
  const shownDepth = deepestThatFits(root, depth, maxEntries);
  const lines = linesOf(root, shownDepth, '');
  const leftOut = countEntries(root, depth) - Math.min(lines.length, maxEntries);
  return { lines: lines.slice(0, maxEntries), leftOut };
}

function deepestThatFits(root: FileTree, depth: number, maxEntries: number): number {
  let fitting = 1;
  while (fitting < depth && countEntries(root, fitting + 1) <= maxEntries) fitting += 1;
  return fitting;
}

function linesOf(folder: FileTree, depth: number, indent: string): string[] {
  return sorted(folder).flatMap(([name, content]) => {
    if (content === null) return [indent + name];
    if (depth > 1 && content.size > 0)
      return [`${indent}${name}/`, ...linesOf(content, depth - 1, `${indent}  `)];
    const files = countFiles(content);
    return [
      files === 0 ? `${indent}${name}/` : `${indent}${name}/ (${files} ${files === 1 ? 'file' : 'files'})`,
    ];
  });
}

function sorted(folder: FileTree): [string, FileTree | null][] {
  const entries = [...folder].sort(([one], [other]) => (one < other ? -1 : 1));
  return [
    ...entries.filter(([, content]) => content !== null),
    ...entries.filter(([, content]) => content === null),
  ];
}

function countEntries(folder: FileTree, depth: number): number {
  let count = folder.size;
  if (depth > 1)
    for (const content of folder.values()) if (content !== null) count += countEntries(content, depth - 1);
  return count;
}

function countFiles(folder: FileTree): number {
  let count = 0;
  for (const content of folder.values()) count += content === null ? 1 : countFiles(content);
  return count;
}
