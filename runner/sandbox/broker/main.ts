// The broker: a process of its own in an empty folder that knows the sandbox library, asks it, and runs its network proxies.
import { rm } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { SandboxManager } from '@anthropic-ai/sandbox-runtime';
import { runProcess } from '../../../shared/host/processes.ts';
import { isOwnMachine } from './ownMachine.ts';
import type { BrokerMessage, BrokerRequest, Missing, Wrapped, WrapRequest } from './protocol.ts';

/** Nothing may be read or written but what each command's own request names. */
const nothingAllowed = {
  network: { allowedDomains: [], deniedDomains: [] },
  filesystem: { denyRead: ['/'], allowRead: [], allowWrite: [], denyWrite: [] },
};

/** The library takes this folder for a scratch folder of all commands. Whoever made it, ours don't see it. */
const sharedScratch = '/tmp/claude';

/** `folder`: its own, which goes with it; `all`: the network beyond this machine is open, for tasks whose user said so. */
const [folder, network] = process.argv.slice(2);
const isNetworkOpen = network === 'all';

let isReady: Promise<void> | null = null;

async function ready(): Promise<void> {
  isReady ??= start();
  await isReady;
}

async function start(): Promise<void> {
  await SandboxManager.initialize(nothingAllowed, isNetworkOpen ? isOutside : undefined);
  SandboxManager.getSandboxViolationStore().subscribe((violations) => {
    const newest = violations.at(-1);
    const host = /^deny network-outbound (\S+)/.exec(newest?.line ?? '')?.[1];
    if (newest?.encodedCommand === undefined || host === undefined) return;
    const commandId = Buffer.from(newest.encodedCommand, 'base64').toString();
    send({ blocked: { commandId, host: withoutUsualPort(host) } });
  });
}

/** Whoever opens the network to a command has not opened this machine's databases, or the runner's own door. */
function isOutside({ host }: { readonly host: string }): Promise<boolean> {
  return Promise.resolve(!isOwnMachine(host));
}

function withoutUsualPort(host: string): string {
  return host.replace(/:(443|80)$/, '');
}

async function wrap(request: WrapRequest): Promise<Wrapped> {
  await ready();
  const { commandId, command, shell, hosts } = request;
  const [readable, hidden, writable] = [request.readable, request.hidden, request.writable].map(asLiterals);
  SandboxManager.registerCommandNetworkLists(commandId, { allowedDomains: [...hosts] });
  const filesystem = {
    denyRead: [...nothingAllowed.filesystem.denyRead, ...(hidden ?? [])],
    allowRead: [...(readable ?? []), ...(writable ?? [])],
    allowWrite: writable ?? [],
    denyWrite: [sharedScratch],
  };
  const options = { commandId };
  const { argv } = await SandboxManager.wrapWithSandboxArgv(
    command,
    shell,
    { filesystem },
    undefined,
    undefined,
    options,
  );
  const bounded = await withSmallScratch(argv.map(withoutSharedScratch));
  const proxyWord = /http:\/\/[^\s@]+:([\w-]+)@localhost/.exec(bounded.join(' '))?.[1] ?? null;
  return { argv: bounded, offline: bounded.map(withoutProxies), proxyWord };
}

/**
 * Inside, the library starts two ends of its proxies and waits until they listen, which takes longer than most of the
 * runner's own questions. Without them nothing is there to connect to. A line that looks otherwise stays as it is.
 */
function withoutProxies(word: string): string {
  return word.replace(
    /\{ socat TCP6-LISTEN:(?:(?!\n *SRT_ALLOW_NESTED_USERNS=)[^])*\nunset _srt_since[^\n]*\n/,
    '',
  );
}

/** The library shows the folder even where it is told to hide it; where its line looks otherwise it can only not be written. */
function withoutSharedScratch(word: string): string {
  const shown = ` --ro-bind ${sharedScratch} ${sharedScratch}`;
  return word.replaceAll(shown, ` --tmpfs ${sharedScratch} --remount-ro ${sharedScratch}`);
}

/** Bytes of each scratch folder that stands in the place of a hidden one. They are memory, which nobody else bounds. */
const scratchBytes = 128 * 1024 * 1024;

/** Source: bubblewrap's NEWS, 0.7.0; an older one would not start with `--size`. */
async function withSmallScratch(argv: readonly string[]): Promise<string[]> {
  takesSize ??= askWhetherItTakesSize();
  if (!(await takesSize)) return [...argv];
  return argv.map((word) => word.replaceAll(/ --tmpfs (?=\/)/g, ` --size ${scratchBytes} --tmpfs `));
}

let takesSize: Promise<boolean> | null = null;

async function askWhetherItTakesSize(): Promise<boolean> {
  try {
    const env = { PATH: process.env['PATH'] };
    const signal = AbortSignal.timeout(5_000);
    const { stdout } = await runProcess({ file: 'bwrap', args: ['--version'], env, signal });
    return !/\b0\.[0-6]\./.test(stdout.toString());
  } catch {
    // There is none on macOS.
    return false;
  }
}

/** Names are names, whatever letters they have. */
function asLiterals(paths: readonly string[]): { path: string; literal: true }[] {
  return paths.map((path) => ({ path, literal: true }));
}

async function answer(request: BrokerRequest): Promise<unknown> {
  switch (request.ask) {
    case 'missing': {
      const { errors } = await SandboxManager.checkDependenciesAsync();
      return { errors } satisfies Missing;
    }
    case 'wrap':
      return wrap(request.wrap);
    case 'release':
      SandboxManager.unregisterCommandNetworkLists(request.commandId);
      return null;
    case 'catchUp':
      return null;
  }
}

async function serve(request: BrokerRequest): Promise<void> {
  try {
    send({ id: request.id, ok: true, result: await answer(request) });
  } catch (error) {
    send({ id: request.id, ok: false, error: error instanceof Error ? error.message : String(error) });
  }
}

function send(message: BrokerMessage): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

// The runner that started this process is its only client: when it is gone, however it went, nothing is left to do.
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => void serve(JSON.parse(line) as BrokerRequest));
lines.on('close', () => void end());
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => void end());

async function end(): Promise<void> {
  if (isReady !== null) await SandboxManager.reset();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  process.exit();
}
