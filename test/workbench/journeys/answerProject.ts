// A small repository with one check that fails until answer.txt is right, and with work that is not committed.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { git } from '../../demo/sampleProject.ts';
import {
  scriptedModelName,
  startScriptedModel,
  type Script,
  type ScriptedModel,
} from '../../support/scriptedModel.ts';

const committed = {
  'package.json': '{ "name": "answer", "private": true, "scripts": { "test": "node check.mjs" } }\n',
  'check.mjs': `import { readFileSync } from 'node:fs';
const answer = readFileSync('answer.txt', 'utf8').trim();
console.log('the answer is ' + answer);
process.exitCode = answer === '42' ? 0 : 1;
`,
  'answer.txt': '41\n',
  'notes.txt': 'as committed\n',
};

/** Makes the repository in `folder`; notes.txt differs from its commit. */
export async function createAnswerProject(folder: string): Promise<void> {
  const signal = AbortSignal.timeout(60_000);
  await mkdir(folder, { recursive: true });
  await git(folder, ['init', '--quiet', '--initial-branch=main'], signal);
  for (const [name, text] of Object.entries(committed)) await writeFile(join(folder, name), text);
  await git(folder, ['add', '--all'], signal);
  await git(folder, ['commit', '--quiet', '--message', 'Ask for the answer'], signal);
  await writeFile(join(folder, 'notes.txt'), 'as saved\n');
}

/** The results that were received into the repository: one ref for each delivered task. */
export async function receivedResults(folder: string): Promise<string[]> {
  const refs = await git(
    folder,
    ['for-each-ref', '--format=%(refname)', 'refs/nightjar/tasks'],
    AbortSignal.timeout(20_000),
  );
  return refs.split('\n').filter((ref) => ref !== '');
}

/** Starts a scripted model, with the environment that leads a local runner to it. */
export async function startModel(
  script: Script,
  resources: AsyncDisposableStack,
): Promise<{ readonly model: ScriptedModel; readonly env: Readonly<Record<string, string>> }> {
  const model = resources.use(await startScriptedModel({ script }));
  return {
    model,
    env: { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'scripted', NIGHTJAR_MODEL: scriptedModelName },
  };
}
