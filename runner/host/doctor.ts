// What the runner can say about its own health, each finding with what to do.
import { access, constants, statfs } from 'node:fs/promises';
import { runProcess } from '../../shared/host/processes.ts';
import type { DiskReport } from '../../shared/protocol/disk.ts';
import type { DoctorFinding, SandboxProblem } from '../../shared/protocol/requests.ts';
import type { SandboxProvider } from '../../shared/task/events.ts';
import { lowSpaceBytes } from './diskFull.ts';

/** Leftovers that are told by name. */
const mostNamed = 10;

export interface RunnerToExamine {
  /** Absolute. */
  readonly dataFolder: string;
  /** Null where none is configured. */
  readonly model: string | null;
  readonly endpoint: string;
  readonly disk: Pick<DiskReport, 'budgetBytes' | 'usedBytes'>;
  /** Names of what lies in the data folder and belongs to nothing any more. */
  readonly leftovers: readonly string[];
  /** What it is, and what is wrong with it. */
  readonly sandbox: { readonly provider: SandboxProvider; readonly problem: SandboxProblem | null };
}

/** Looks at everything that a task will need. Never throws for what it finds. */
export async function examineRunner(runner: RunnerToExamine, signal: AbortSignal): Promise<DoctorFinding[]> {
  const looked = await Promise.all([
    gitFinding(signal),
    folderFinding(runner.dataFolder),
    spaceFinding(runner.dataFolder),
  ]);
  const tidiness = [budgetFinding(runner.disk), leftoversFinding(runner.leftovers)];
  return [...looked, ...tidiness, modelFinding(runner), sandboxFinding(runner.sandbox)];
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
  const detail = `${inGiB(freeBytes)} GiB free`;
  return {
    name: 'disk space',
    ok,
    detail,
    remedy: ok ? '' : 'Free some space: workspaces and check-outs need it.',
  };
}

function budgetFinding({ budgetBytes, usedBytes }: RunnerToExamine['disk']): DoctorFinding {
  const ok = usedBytes <= budgetBytes;
  const remedy = 'Delete tasks or mark them as done, or raise diskGiB in config.yaml.';
  const detail = `${inGiB(usedBytes)} of ${inGiB(budgetBytes)} GiB used by the data folder`;
  return { name: 'disk budget', ok, detail, remedy: ok ? '' : remedy };
}

function leftoversFinding(leftovers: readonly string[]): DoctorFinding {
  const name = 'leftovers';
  if (leftovers.length === 0) return { name, ok: true, detail: 'none', remedy: '' };
  const more = leftovers.length > mostNamed ? ` and ${leftovers.length - mostNamed} more` : '';
  const remedy = 'The runner removes them in a quiet moment; "nightjar doctor --mend" does it now.';
  return { name, ok: false, detail: leftovers.slice(0, mostNamed).join(', ') + more, remedy };
}

function inGiB(bytes: number): string {
  return (bytes / 1024 ** 3).toFixed(1);
}

function modelFinding({ model, endpoint }: RunnerToExamine): DoctorFinding {
  const name = 'model';
  if (model !== null) {
    return { name, ok: true, detail: `${model} at ${endpoint}`, remedy: '' };
  }
  const remedy = 'Set OPENAI_API_KEY, or OPENAI_BASE_URL for a local endpoint, where the runner starts.';
  return { name, ok: false, detail: 'none is configured', remedy };
}

function sandboxFinding({ provider, problem }: RunnerToExamine['sandbox']): DoctorFinding {
  const name = 'sandbox';
  if (problem !== null) return { name, ok: false, detail: problem.message, remedy: problem.remedy };
  return { name, ok: true, detail: sandboxWords[provider], remedy: '' };
}

const sandboxWords: Readonly<Record<SandboxProvider, string>> = {
  srt: 'commands see their workspace and the tool chains, and no network but what was chosen at hand-off; tried with a canary',
  external:
    'left to what the runner lives in, as its owner says: commands have the rights of the runner’s user there',
  none: 'switched off: commands of an agent run with the rights of the runner’s user',
};
