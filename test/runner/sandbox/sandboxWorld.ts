// Two tasks of one runner in a real sandbox, and beside them what neither may reach.
import { once } from 'node:events';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Masker } from '../../../shared/secrets/masker.ts';
import { createSandbox, type OpenSandbox } from '../../../runner/sandbox/sandbox.ts';
import { createSrtLauncher } from '../../../runner/sandbox/srtLauncher.ts';
import { UseWatch } from '../../../runner/sandbox/useWatch.ts';
import type { CommandResult, SandboxLimits, SandboxPlace } from '../../../runner/tasks/ports.ts';
import { diskBytes } from '../../../runner/workspaces/diskBytes.ts';
import { ensureSandbox } from '../../workbench/systemPackages.ts';
import { placeIn, plainSandbox, wideLimits } from '../../support/plainSandbox.ts';

const calm = new AbortController().signal;

export class SandboxWorld implements AsyncDisposable {
  readonly root: string;
  readonly dataFolder: string;
  /** What holds. */
  readonly sandbox: OpenSandbox;
  /** The same without isolation: what an attack does where nothing keeps it. */
  readonly plain: OpenSandbox;
  #logs = 0;

  private constructor(root: string, limits: SandboxLimits, readable: readonly string[]) {
    this.root = root;
    this.dataFolder = join(root, 'data');
    const commandsFolder = join(this.dataFolder, 'commands');
    this.sandbox = createSandbox({
      launcher: createSrtLauncher({
        ...{ dataFolder: this.dataFolder, commandsFolder, limits, readable },
        registries: () => Promise.resolve([]),
      }),
      watch: new UseWatch({ limits, measureBytes: (folder) => diskBytes(folder, calm) }),
      ...{ masker: new Masker(), commandsFolder, outputLimitBytes: 1024 * 1024 },
      trialFolder: join(this.dataFolder, 'trial'),
    });
    this.plain = plainSandbox(root);
  }

  /** `readable`: absolute paths that every command may read. */
  static async open(
    limits: Partial<SandboxLimits> = {},
    readable: readonly string[] = [],
  ): Promise<SandboxWorld> {
    await ensureSandbox(calm);
    const root = await realpath(await mkdtemp(join(tmpdir(), 'nightjar-escape-')));
    const world = new SandboxWorld(root, { ...wideLimits, ...limits }, readable);
    for (const task of ['one', 'two']) {
      const { workspace } = world.place(task);
      await mkdir(workspace, { recursive: true });
      await writeFile(join(workspace, 'own'), `of ${task}`);
    }
    await mkdir(join(world.dataFolder, 'stores', 'objects'), { recursive: true });
    await writeFile(join(world.dataFolder, 'stores', 'objects', 'blob'), 'an object');
    await writeFile(join(world.dataFolder, 'secret'), 'SECRET');
    return world;
  }

  /** The task's own folder; the store's objects may be read there. */
  place(task: string, changes: Partial<SandboxPlace> = {}): SandboxPlace {
    const workspace = join(this.dataFolder, 'workspaces', task, 'files');
    return placeIn(workspace, {
      taskId: task,
      readable: [join(this.dataFolder, 'stores', 'objects')],
      ...changes,
    });
  }

  async run(
    command: string,
    options: {
      readonly task?: string;
      readonly sandbox?: OpenSandbox;
      readonly timeoutMs?: number;
      readonly network?: SandboxPlace['network'];
    } = {},
  ): Promise<CommandResult> {
    const { task = 'one', sandbox = this.sandbox, timeoutMs = 20_000, network } = options;
    return sandbox.run({
      command,
      place: this.place(task, network === undefined ? {} : { network }),
      timeoutMs,
      signal: calm,
      logFile: join(this.root, 'logs', `${(this.#logs += 1)}.log`),
      watch: () => undefined,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sandbox[Symbol.asyncDispose]();
    await rm(this.root, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** A server of this machine that answers whoever connects, and counts them. */
export class Listener implements AsyncDisposable {
  readonly #server: Server;
  connections = 0;

  private constructor() {
    this.#server = createServer((socket) => {
      this.connections += 1;
      // What nobody reads keeps a socket open for ever.
      socket.on('error', () => undefined).resume();
      socket.end('HTTP/1.0 200 OK\r\n\r\nREACHED\n');
    });
  }

  /** `path`: of a Unix socket, its name with NUL in front for an abstract one; else a free port of the loopback. */
  static async open(path?: string): Promise<Listener> {
    const listener = new Listener();
    if (path === undefined) listener.#server.listen(0, '127.0.0.1');
    else listener.#server.listen(path);
    await once(listener.#server, 'listening');
    return listener;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    await once(this.#server, 'close');
  }
}
