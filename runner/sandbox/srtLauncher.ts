// Starts commands inside bubblewrap (Linux) or Seatbelt (macOS), through the sandbox library in the broker.
import { randomBytes } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { KnownError } from '../../shared/errors/errors.ts';
import type { SandboxProblem } from '../../shared/protocol/requests.ts';
import type { Network } from '../../shared/spec/network.ts';
import { privateFolders } from '../host/privateFolders.ts';
import type { SandboxLimits, SandboxPlace } from '../tasks/ports.ts';
import { Broker, type BrokerOptions } from './brokerProcess.ts';
import { ControlGroups } from './controlGroups.ts';
import { shellOn } from './environment.ts';
import type { Launch, Launcher } from './launcher.ts';
import { preludeOf } from './limits.ts';
import { readablePaths, type ReadablePaths } from './readablePaths.ts';
import { machineFacts, problemOf } from './remedies.ts';

export interface SrtLauncherOptions extends Omit<BrokerOptions, 'isNetworkOpen'> {
  readonly limits: SandboxLimits;
  /** Absolute paths that commands may read beside tool chains. */
  readonly readable: readonly string[];
  /** Absolute folders that they may not see, beside the data folder. */
  readonly hidden?: readonly string[];
  /** The hosts that `registries` stands for. */
  readonly registries: (signal: AbortSignal) => Promise<readonly string[]>;
}

/** Launches are kept so long: a folder that the system got later is not hidden by an older one. */
const keptMs = 5 * 60_000;
const mostKept = 256;

interface Kept {
  readonly launch: Promise<Launch>;
  readonly commandId: string;
  readonly broker: Broker;
  readonly generation: number;
  readonly madeAt: number;
}

/** One launch for each place, since making one takes longer than many a command. */
class SrtLauncher implements Launcher {
  readonly provider = 'srt';
  readonly isContained = true;
  readonly #options: SrtLauncherOptions;
  readonly #closed: Broker;
  readonly #open: Broker;
  readonly #kept = new Map<string, Kept>();
  readonly #groups: ControlGroups;
  #paths: ReadablePaths | null = null;

  constructor(options: SrtLauncherOptions) {
    this.#options = options;
    this.#closed = new Broker({ ...options, isNetworkOpen: false });
    this.#open = new Broker({ ...options, isNetworkOpen: true });
    this.#groups = new ControlGroups(options.dataFolder, options.limits.processes);
  }

  async launchIn(place: SandboxPlace, signal: AbortSignal): Promise<Launch> {
    const hosts = await this.#hostsOf(place.network, signal);
    const broker = place.network.mode === 'all' ? this.#open : this.#closed;
    const key = JSON.stringify([place.workspace, place.readable, hosts, place.network.mode === 'all']);
    const known = this.#kept.get(key);
    if (known !== undefined && isFresh(known)) return known.launch;
    this.#forget(key);
    for (const oldest of [...this.#kept.keys()].slice(0, Math.max(0, this.#kept.size - mostKept)))
      this.#forget(oldest);
    const commandId = randomBytes(24).toString('base64url');
    const launch = this.#wrap(place, { broker, commandId, hosts });
    launch.catch(() => this.#forget(key));
    // The broker may have to be started for it, which makes another generation.
    await launch.catch(() => undefined);
    this.#kept.set(key, {
      launch,
      commandId,
      broker,
      generation: broker.generation,
      madeAt: performance.now(),
    });
    return launch;
  }

  async missing(): Promise<SandboxProblem | null> {
    const facts = machineFacts();
    if (process.platform === 'win32') return problemOf(facts, []);
    try {
      const { errors } = await this.#closed.missing();
      return errors.length === 0 ? null : problemOf(facts, errors);
    } catch (error) {
      // Not the machine's fault, as long as all is there that it needs.
      if (facts.missingPrograms.length > 0) return problemOf(facts, []);
      const message = error instanceof Error ? error.message : String(error);
      return { message, remedy: 'Try again, and tell us if it stays so.', command: null };
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const part of [this.#closed, this.#open, this.#groups]) await part[Symbol.asyncDispose]();
  }

  async #hostsOf({ mode, hosts }: Network, signal: AbortSignal): Promise<readonly string[]> {
    if (mode === 'off') return [];
    if (mode === 'hosts' || mode === 'all') return hosts;
    return [...new Set([...(await this.#options.registries(signal)), ...hosts])];
  }

  async #wrap(
    place: SandboxPlace,
    {
      broker,
      commandId,
      hosts,
    }: { readonly broker: Broker; readonly commandId: string; readonly hosts: readonly string[] },
  ): Promise<Launch> {
    const { dataFolder, limits, readable, hidden = [] } = this.#options;
    this.#paths ??= readablePaths(process.env, { extra: readable, hidden: [dataFolder, ...hidden] });
    const { home, temporary } = privateFolders(place.workspace);
    const shell = shellOn(process.env['PATH']);
    const command = preludeOf({ shell, temporary, limits, countsProcesses: true });
    try {
      const writable = await Promise.all([place.workspace, home, temporary].map((path) => realpath(path)));
      const { argv, offline, proxyWord } = await broker.wrap({
        ...{ commandId, command, shell, hosts, writable },
        readable: [...this.#paths.allowed, ...place.readable],
        hidden: this.#paths.denied,
      });
      const group = await this.#groups.lineFor(commandId);
      const [file = '', ...args] = inGroup(argv, group);
      const offlineArgs = inGroup(offline, group).slice(1);
      return {
        file,
        args,
        offlineArgs,
        secretWord: proxyWord,
        takeBlocked: () => broker.takeBlocked(commandId),
      };
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      throw new KnownError(
        'sandboxUnavailable',
        { detail, remedy: 'Try again; "nightjar doctor" looks at it.' },
        error,
      );
    }
  }

  #forget(key: string): void {
    const known = this.#kept.get(key);
    this.#kept.delete(key);
    if (known === undefined) return;
    void known.broker.release(known.commandId);
    void this.#groups.remove(known.commandId);
  }
}

/** The library's last word is a line for the shell. */
function inGroup(argv: readonly string[], line: string): string[] {
  return [...argv.slice(0, -1), `${line}${argv.at(-1) ?? ''}`];
}

function isFresh({ broker, generation, madeAt }: Kept): boolean {
  return generation === broker.generation && performance.now() - madeAt < keptMs;
}

export function createSrtLauncher(options: SrtLauncherOptions): Launcher {
  return new SrtLauncher(options);
}
