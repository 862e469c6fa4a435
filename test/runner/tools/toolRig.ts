// A workspace in a temporary folder and the tools at work in it, commands through the plain sandbox.
import { mkdtemp, mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { CheckLog, Sandbox, ToolOutcome } from '../../../runner/tasks/ports.ts';
import { createTools } from '../../../runner/tools/tools.ts';
import { runProcess } from '../../../shared/host/processes.ts';
import { placeIn, plainSandbox } from '../../support/plainSandbox.ts';

export interface ToolRig extends AsyncDisposable {
  readonly workspace: string;
  /** A folder beside the workspace: what no tool may reach. */
  readonly outside: string;
  readonly logFile: string;
  readonly watched: readonly string[];
  /** What `readLog` finds. */
  readonly checkLogs: CheckLog[];
  call(name: string, input: object | string, signal?: AbortSignal): Promise<ToolOutcome>;
  put(path: string, content: string | Uint8Array): Promise<void>;
  get(path: string): Promise<string>;
  git(...args: string[]): Promise<void>;
}

export async function openToolRig(
  options: { readonly commandTimeoutMs?: number; readonly wrap?: (sandbox: Sandbox) => Sandbox } = {},
): Promise<ToolRig> {
  const root = await realpath(await mkdtemp(join(tmpdir(), 'nightjar-tools-')));
  const workspace = join(root, 'task', 'work');
  const outside = join(root, 'outside');
  await mkdir(workspace, { recursive: true });
  await mkdir(outside);
  const sandbox = plainSandbox(root);
  const tools = createTools({
    sandbox: options.wrap?.(sandbox) ?? sandbox,
    commandTimeoutMs: options.commandTimeoutMs ?? 20_000,
  });
  const logFile = join(root, 'call.log');
  const watched: string[] = [];
  const checkLogs: CheckLog[] = [];
  const signalOfTest = new AbortController().signal;
  return {
    workspace,
    outside,
    logFile,
    watched,
    checkLogs,
    call: async (name, input, signal = signalOfTest) =>
      tools.run(
        { id: 'c1', name, arguments: typeof input === 'string' ? input : JSON.stringify(input) },
        {
          ...{ place: placeIn(workspace), logFile, checkLogs: () => checkLogs },
          watch: (text) => watched.push(text),
        },
        signal,
      ),
    put: async (path, content) => {
      await mkdir(dirname(join(workspace, path)), { recursive: true });
      await writeFile(join(workspace, path), content);
    },
    get: async (path) => readFile(join(workspace, path), 'utf8'),
    git: async (...args) => {
      const env = { PATH: process.env['PATH'], HOME: root };
      const { exitCode, stderr } = await runProcess({
        file: 'git',
        args,
        cwd: workspace,
        env,
        signal: signalOfTest,
      });
      if (exitCode !== 0) throw new Error(stderr.toString());
    },
    [Symbol.asyncDispose]: async () => rm(root, { recursive: true, force: true }),
  };
}
