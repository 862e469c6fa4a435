// `nightjar doctor`: looks at this machine and at the runner, and says what to mend.
import { access, constants, mkdir } from 'node:fs/promises';
import type { Command } from 'commander';
import { KnownError } from '../../../shared/errors/errors.ts';
import { runProcess } from '../../../shared/host/processes.ts';
import type { DiskReport } from '../../../shared/protocol/disk.ts';
import type { DoctorFinding } from '../../../shared/protocol/requests.ts';
import {
  addClientOptions,
  printJson,
  printLines,
  type ClientOptions,
  type CommandHost,
} from '../clientCommand.ts';
import { diskTable } from '../display/diskTable.ts';
import { cleanText, firstLine } from '../display/displayWidth.ts';
import { line, type Line } from '../display/line.ts';
import { exitCodeOfError, exitCodes } from '../exitCodes.ts';
import { connectToRunner, dataFolderOf } from '../openConnection.ts';
import type { Surroundings } from '../surroundings.ts';

const neededGit = [2, 30] as const;
const neededNode = 24;
const gitTimeoutMs = 10_000;

export function addDoctorCommand(program: Command, host: CommandHost): void {
  const command = program
    .command('doctor')
    .description('check this machine and the runner, and tell what each task takes on disk')
    .option(
      '--mend',
      'remove what the runner has left over, and put workspaces away until its disk budget is kept',
    );
  addClientOptions(command).action(async () => {
    const options = command.opts<DoctorOptions>();
    const { surroundings } = host;
    const local = [await gitFinding(surroundings), nodeFinding(process.versions.node)];
    if (options.runner === undefined) local.push(await folderFinding(dataFolderOf(options, surroundings)));
    const { findings, disk, mended, exitCode } = await askRunner(options, surroundings);
    const all = [...local, ...findings];
    if (options.json === true)
      printJson(surroundings, { ok: all.every(({ ok }) => ok), findings: all, disk, mended });
    else {
      const table = disk === null ? [] : diskTable(disk, new Date());
      printLines(surroundings, [...mended.map(mendedLine), ...all.flatMap(findingLines), ...table]);
    }
    host.exitCode = exitCode === exitCodes.ok && all.some(({ ok }) => !ok) ? exitCodes.failed : exitCode;
  });
}

interface DoctorOptions extends ClientOptions {
  readonly mend?: boolean;
}

interface Answer {
  readonly findings: readonly DoctorFinding[];
  /** Null where no runner answers. */
  readonly disk: DiskReport | null;
  readonly mended: readonly string[];
  readonly exitCode: number;
}

/** What the runner finds of itself; a runner that can't be reached is a finding too. */
async function askRunner(options: DoctorOptions, surroundings: Surroundings): Promise<Answer> {
  const { signal } = surroundings;
  try {
    await using connection = await connectToRunner(options, surroundings, false);
    const { address, state } = connection;
    const facts =
      state.kind === 'connected'
        ? `, version ${state.runner.runnerVersion}, process ${state.runner.pid}`
        : '';
    const detail = `${address?.url ?? ''}${facts}`;
    const reached: DoctorFinding = { name: 'runner', ok: true, detail, remedy: '' };
    const params = options.mend === true ? { mend: true } : {};
    const { findings, disk, mended } = await connection.request('doctor', params, signal);
    return { findings: [reached, ...findings], disk, mended, exitCode: exitCodes.ok };
  } catch (error) {
    if (!(error instanceof KnownError)) throw error;
    const finding = { name: 'runner', ok: false, detail: error.message, remedy: error.remedy };
    return { findings: [finding], disk: null, mended: [], exitCode: exitCodeOfError(error) };
  }
}

async function gitFinding({ env, signal }: Surroundings): Promise<DoctorFinding> {
  const finding = { name: 'git', remedy: 'Install git 2.30 or newer and make sure it is on the PATH.' };
  try {
    const result = await runProcess({
      file: 'git',
      args: ['--version'],
      env,
      signal,
      timeoutMs: gitTimeoutMs,
    });
    const detail = firstLine(result.stdout.toString());
    const [major = 0, minor = 0] = (/(\d+)\.(\d+)/.exec(detail)?.slice(1) ?? []).map(Number);
    const ok = major > neededGit[0] || (major === neededGit[0] && minor >= neededGit[1]);
    return { ...finding, ok, detail, ...(ok ? { remedy: '' } : {}) };
  } catch (error) {
    signal.throwIfAborted();
    return { ...finding, ok: false, detail: error instanceof Error ? error.message : String(error) };
  }
}

/** Whether this version of Node runs everything; `version` like `24.1.0`. */
function nodeFinding(version: string): DoctorFinding {
  const ok = Number(version.split('.')[0]) >= neededNode;
  return { name: 'Node', ok, detail: version, remedy: ok ? '' : `Run with Node ${neededNode} or newer.` };
}

async function folderFinding(folder: string): Promise<DoctorFinding> {
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return { name: 'data folder', ok: true, detail: folder, remedy: '' };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return {
      name: 'data folder',
      ok: false,
      detail,
      remedy: 'Make it writable, or choose another with --data.',
    };
  }
}

function mendedLine(sentence: string): Line {
  return line(cleanText(sentence), { mark: '−', tone: 'quiet' });
}

function findingLines({ name, ok, detail, remedy }: DoctorFinding): Line[] {
  const outcome = line(cleanText(name), {
    mark: ok ? '✔' : '✖',
    tone: ok ? 'good' : 'bad',
    aside: cleanText(detail),
  });
  return ok || remedy === '' ? [outcome] : [outcome, line(cleanText(remedy), { depth: 1 })];
}
