// The size of the packaged extension, and of the part of it that VS Code reads when the extension starts.
import { readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { projectRoot } from '../layers/testFiles.ts';
import { runScript } from '../layers/runScript.ts';
import { packagedExtension } from '../workbench/session.ts';
import type { Measure } from './measures.ts';

export async function benchPackage(): Promise<readonly Measure[]> {
  const exitCode = await runScript('package', new AbortController().signal);
  if (exitCode !== 0) throw new Error(`npm run package ended with exit code ${exitCode}`);
  const { size } = await stat(packagedExtension);
  const startFiles = await filesLoadedWith(join(projectRoot, 'dist', 'extension.cjs'));
  const startBytes = [...startFiles.values()].reduce((sum, bytes) => sum + bytes, 0);
  const inKiB = (bytes: number): string => `${(bytes / 1024).toFixed(0)} KiB`;
  return [
    { what: 'packaged extension', value: inKiB(size), against: 'target under 1,536 KiB' },
    { what: 'code that starts it', value: inKiB(startBytes), against: `in ${startFiles.size} files` },
  ];
}

/** The bytes of a bundled file and of all that it requires at once; what it may require later stands in a call. */
async function filesLoadedWith(
  file: string,
  found = new Map<string, number>(),
): Promise<Map<string, number>> {
  const text = await readFile(file, 'utf8');
  found.set(file, Buffer.byteLength(text));
  for (const [, path = ''] of text.matchAll(/[^(]require\("(\.[^"]+)"\)/g)) {
    const required = join(dirname(file), path);
    if (!found.has(required)) await filesLoadedWith(required, found);
  }
  return found;
}
