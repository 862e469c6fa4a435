// Runs one command in the plain sandbox, as a runner does, until somebody kills it: node commandProgram.ts FOLDER COMMAND.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { placeIn, plainSandbox } from '../../support/plainSandbox.ts';

const [folder = '', command = ''] = process.argv.slice(2);
const workspace = join(folder, 'workspaces', 'task', 'files');
await mkdir(workspace, { recursive: true });
await plainSandbox(folder, 1_000).run({
  ...{ command, place: placeIn(workspace), timeoutMs: 60_000 },
  signal: new AbortController().signal,
  logFile: join(folder, 'command.log'),
  watch: (text) => process.stdout.write(text),
});
