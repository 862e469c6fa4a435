// Puts the grammars beside a bundled runner, which loads each when it first reads such a file; compressed, since they'd be half of the package.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const grammars = [
  'web-tree-sitter/web-tree-sitter.wasm',
  ...['javascript', 'typescript', 'tsx', 'python', 'go', 'rust', 'java'].map(
    (language) => `@vscode/tree-sitter-wasm/wasm/tree-sitter-${language}.wasm`,
  ),
];

/** `quality`: brotli's; the best takes ten seconds. */
export async function bundleGrammars(folder: string, quality = constants.BROTLI_MAX_QUALITY): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const path of grammars) {
    const program = await readFile(join(import.meta.dirname, '../node_modules', path));
    const params = { [constants.BROTLI_PARAM_QUALITY]: quality };
    await writeFile(join(folder, `${basename(path)}.br`), brotliCompressSync(program, { params }));
  }
}
