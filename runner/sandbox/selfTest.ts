// Tries the sandbox with a canary that must not get out, before the first command of a task runs in it.
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { SandboxProblem } from '../../shared/protocol/requests.ts';
import type { ProcessResult } from '../../shared/host/processes.ts';
import type { SandboxQuestion } from '../tasks/ports.ts';
import type { Launcher } from './launcher.ts';
import { quoted } from './limits.ts';
import { machineFacts, problemOf } from './remedies.ts';

type Run = (question: SandboxQuestion) => Promise<Pick<ProcessResult, 'exitCode' | 'stdout' | 'stderr'>>;

const trialTimeoutMs = 20_000;

/** What the canary prints for each way out that it found, and what that means. */
const escapes: Readonly<Record<string, string>> = {
  read: 'a command can read files outside of its workspace',
  write: 'a command can write files outside of its workspace',
  connect: 'a command can reach programs of this machine over the network',
  process: 'a command can see the runner’s process',
};

/** Whether the sandbox holds: found out once, and again only while it does not. */
export class Examination {
  readonly #launcher: Launcher;
  readonly #folder: string;
  readonly #run: Run;
  #result: Promise<SandboxProblem | null> | null = null;

  /** `folder`: absolute, for the trial alone. */
  constructor(launcher: Launcher, folder: string, run: Run) {
    this.#launcher = launcher;
    this.#folder = folder;
    this.#run = run;
  }

  async result(signal: AbortSignal): Promise<SandboxProblem | null> {
    // One who waits and gives up must not take the others' answer along.
    this.#result ??= this.#examine().finally(() => rm(this.#folder, { recursive: true, force: true }));
    const examining = this.#result;
    examining.then(
      (problem) => problem !== null && this.#forget(examining),
      () => this.#forget(examining),
    );
    const result = await examining;
    signal.throwIfAborted();
    return result;
  }

  #forget(examining: Promise<SandboxProblem | null>): void {
    // What was missing may have been installed meanwhile.
    if (this.#result === examining) this.#result = null;
  }

  async #examine(): Promise<SandboxProblem | null> {
    if (!this.#launcher.isContained) return null;
    const signal = AbortSignal.timeout(trialTimeoutMs);
    const missing = await this.#launcher.missing(signal);
    if (missing !== null) return missing;
    try {
      return await this.#letCanaryOut(signal);
    } catch (error) {
      return problemOf(machineFacts(), [error instanceof Error ? error.message : String(error)]);
    }
  }

  async #letCanaryOut(signal: AbortSignal): Promise<SandboxProblem | null> {
    const workspace = join(this.#folder, 'place', 'files');
    const secret = join(this.#folder, 'secret');
    const outside = join(this.#folder, 'outside');
    await mkdir(workspace, { recursive: true });
    await writeFile(secret, 'a canary would tell');
    const listener = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1');
    try {
      await once(listener, 'listening');
      const { port } = listener.address() as AddressInfo;
      const { stdout, stderr, exitCode } = await this.#run({
        command: canary({ secret, outside, port }),
        place: { taskId: 'trial', workspace, readable: [], network: { mode: 'off', hosts: [] }, secrets: [] },
        timeoutMs: trialTimeoutMs,
        outputBytes: 1_000,
        signal,
      });
      const found = stdout.toString().trim().split('\n');
      // A command may take a folder of its own for the one outside: only what arrives there has got out.
      if (existsSync(outside)) found.unshift('write');
      const escape = found.map((word) => escapes[word]).find((meaning) => meaning !== undefined);
      if (escape !== undefined)
        return { message: escape, remedy: 'Tell us: this must not be.', command: null };
      if (found.at(-1) === 'works') return null;
      return problemOf(machineFacts(), [stderr.toString().trim() || `it ended with exit code ${exitCode}`]);
    } finally {
      listener.close();
    }
  }
}

/** Tries each way out, and last of all what must be possible. */
function canary(target: {
  readonly secret: string;
  readonly outside: string;
  readonly port: number;
}): string {
  return [
    `cat ${quoted(target.secret)} > /dev/null && echo read`,
    `echo out > ${quoted(target.outside)}`,
    `(exec 3<> /dev/tcp/127.0.0.1/${target.port}) && echo connect`,
    `kill -0 ${process.pid} && echo process`,
    'echo in > inside && cat inside > "$TMPDIR/inside" && echo works',
  ].join('\n');
}
