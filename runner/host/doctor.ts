// What the runner can say about its own health, each finding with what to do.
import { access, constants, statfs } from 'node:fs/promises';
import { runProcess } from '../../shared/host/processes.ts';
import type { DoctorFinding } from '../../shared/protocol/requests.ts';

/** Free space under which tasks are likely to fail, in bytes. */
const lowSpaceBytes = 1024 ** 3;

export interface RunnerToExamine {
  /** Absolute. */
  readonly dataFolder: string;
  /** Null where none is configured. */
  readonly model: string | null;
  readonly endpoint: string;
}

/** Looks at everything that a task will need. Never throws for what it finds. */
export async function examineRunner(runner: RunnerToExamine, signal: AbortSignal): Promise<DoctorFinding[]> {
  const looked = await Promise.all([
    gitFinding(signal),
    folderFinding(runner.dataFolder),
    spaceFinding(runner.dataFolder),
  ]);
  return [...looked, modelFinding(runner), sandboxFinding()];
}

async function gitFinding(signal: AbortSignal): Promise<DoctorFinding> {
  const name = 'git on the runner';
  try {
    const { stdout } = await runProcess({
      file: 'git',
      args: ['--version'],
      env: { PATH: process.env['PATH'] },
      signal,
    });
    return { name, ok: true, detail: stdout.toString().trim(), remedy: '' };
  } catch (error) {
    signal.throwIfAborted();
    return { name, ok: false, detail: String(error), remedy: 'Install git 2.30 or newer on the runner.' };
  }
}

async function folderFinding(folder: string): Promise<DoctorFinding> {
  const name = 'data folder';
  try {
    await access(folder, constants.W_OK);
    return { name, ok: true, detail: folder, remedy: '' };
  } catch (error) {
    return { name, ok: false, detail: String(error), remedy: `Make ${folder} writable for the runner.` };
  }
}

async function spaceFinding(folder: string): Promise<DoctorFinding> {
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = bavail * bsize;
  const ok = freeBytes >= lowSpaceBytes;
  const detail = `${(freeBytes / 1024 ** 3).toFixed(1)} GiB free`;
  return {
    name: 'disk space',
    ok,
    detail,
    remedy: ok ? '' : 'Free some space: workspaces and check-outs need it.',
  };
}

function modelFinding({ model, endpoint }: RunnerToExamine): DoctorFinding {
  const name = 'model';
  if (model !== null) {
    return { name, ok: true, detail: `${model} at ${endpoint}`, remedy: '' };
  }
  const remedy = 'Set OPENAI_API_KEY, or OPENAI_BASE_URL for a local endpoint, where the runner starts.';
  return { name, ok: false, detail: 'none is configured', remedy };
}

function sandboxFinding(): DoctorFinding {
  const detail = 'none: commands of an agent run with the rights of the runner’s user';
  return { name: 'sandbox', ok: true, detail, remedy: '' };
}
