// What the editor reads when the extension starts is its own code alone: the libraries come with the first need.
import assert from 'node:assert/strict';
import { builtinModules } from 'node:module';
import { build, type Metafile } from 'esbuild';
import { projectRoot } from '../layers/testFiles.ts';

describe('the code that the extension starts with', () => {
  it('asks for no library', async () => {
    assert.deepEqual(await librariesOf('extension/main.ts'), []);
  });

  it('is looked at rightly: the hand-off does ask for some', async () => {
    assert.ok((await librariesOf('extension/handOff/handOff.ts')).includes('zod'));
  });
});

/** The packages that a program and all that it imports at once, not with `import()`, ask for. */
async function librariesOf(entry: string): Promise<string[]> {
  const { metafile } = await build({
    absWorkingDir: projectRoot,
    entryPoints: [entry],
    outdir: 'dist',
    platform: 'node',
    format: 'esm',
    bundle: true,
    packages: 'external',
    metafile: true,
    write: false,
  });
  const libraries = new Set<string>();
  for (const file of filesWith(entry, metafile.inputs)) {
    const imports = metafile.inputs[file]?.imports ?? [];
    for (const { path, external, kind } of imports)
      if (external === true && kind !== 'dynamic-import') libraries.add(path);
  }
  return [...libraries].filter((name) => name !== 'vscode' && !isOfNode(name));
}

function filesWith(file: string, inputs: Metafile['inputs'], found = new Set<string>()): Set<string> {
  found.add(file);
  for (const { path, external, kind } of inputs[file]?.imports ?? [])
    if (external !== true && kind !== 'dynamic-import' && !found.has(path)) filesWith(path, inputs, found);
  return found;
}

function isOfNode(name: string): boolean {
  return name.startsWith('node:') || builtinModules.includes(name);
}
