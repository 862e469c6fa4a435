// Starts a code-server of its own for a test and ends its whole process group.
import { join } from 'node:path';
import { runProcess } from '../../shared/host/processes.ts';
import { installCodeServer } from './install.ts';
import { ServerFolder, type Environment, type Settings } from './serverFolder.ts';

export interface CodeServerOptions {
  /** Packaged extensions to install before the start. */
  readonly vsixFiles?: readonly string[];
  /** User settings beside those that keep every test quiet. */
  readonly settings?: Settings;
  /** Environment of the extension host beside the PATH. */
  readonly env?: Environment;
  /** Lets a page start tests in the extension host; without it such a page is silently ignored. */
  readonly acceptsTests?: boolean;
  /** Aborting ends the server. */
  readonly signal: AbortSignal;
}

const startTimeoutMs = 60_000;
const quietArguments = [
  ...['--auth', 'none', '--bind-addr', '127.0.0.1:0', '--reconnection-grace-time', '2'],
  ...['--disable-telemetry', '--disable-update-check', '--disable-workspace-trust', '--disable-proxy'],
  '--disable-getting-started-override',
];

/** A running code-server; dispose it to end it and to remove its folder. */
export class CodeServer implements AsyncDisposable {
  /** Where it listens: `http://127.0.0.1:<port>`. */
  readonly url: string;
  readonly #resources: AsyncDisposableStack;

  private constructor(url: string, resources: AsyncDisposableStack) {
    this.url = url;
    this.#resources = resources;
  }

  /** Starts a server on a free port of the loopback; resolves when it listens. */
  static async start(options: CodeServerOptions): Promise<CodeServer> {
    const program = join(await installCodeServer(options.signal), 'out', 'node', 'entry.js');
    await using resources = new AsyncDisposableStack();
    const folder = resources.use(await ServerFolder.create());
    await folder.writeSettings(options.settings ?? {});
    const env = folder.environment(options.env ?? {});
    for (const vsix of options.vsixFiles ?? []) {
      await installExtension(program, folder, env, vsix, options.signal);
    }
    const stop = new AbortController();
    const { url, ended } = listen(
      program,
      folder,
      env,
      options,
      AbortSignal.any([stop.signal, options.signal]),
    );
    resources.defer(async () => {
      stop.abort();
      await ended;
    });
    return new CodeServer(await url, resources.move());
  }

  /** The address that opens a folder or a `.code-workspace` file, with a payload for the workbench if there is one. */
  addressOf(path: string, payload?: readonly (readonly [string, string])[]): string {
    const address = new URL(this.url);
    address.searchParams.set(path.endsWith('.code-workspace') ? 'workspace' : 'folder', path);
    if (payload !== undefined) address.searchParams.set('payload', JSON.stringify(payload));
    return address.href;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#resources.disposeAsync();
  }
}

async function installExtension(
  program: string,
  folder: ServerFolder,
  env: Environment,
  vsix: string,
  signal: AbortSignal,
): Promise<void> {
  const args = [program, ...folder.arguments(), '--install-extension', vsix];
  const result = await runProcess({ file: process.execPath, args, cwd: folder.path, env, signal });
  if (result.exitCode === 0) return;
  throw new Error(
    `code-server did not install ${vsix}: ${result.stderr.toString()}${result.stdout.toString()}`,
  );
}

/** Starts the server; `ended` settles, and never rejects, when the whole process group is gone. */
function listen(
  program: string,
  folder: ServerFolder,
  env: Environment,
  options: CodeServerOptions,
  signal: AbortSignal,
): { readonly url: Promise<string>; readonly ended: Promise<void> } {
  const url = Promise.withResolvers<string>();
  let output = '';
  const read = (chunk: Buffer): void => {
    if (output.length > 100_000) return;
    output += chunk.toString();
    const found = /HTTP server listening on (http:\/\/127\.0\.0\.1:\d+)/.exec(output);
    if (found?.[1] !== undefined) url.resolve(found[1]);
  };
  const testArguments = options.acceptsTests === true ? ['--vscode-option', 'enable-smoke-test-driver'] : [];
  const ended = runProcess({
    file: process.execPath,
    args: [program, ...folder.arguments(), ...quietArguments, ...testArguments],
    cwd: folder.path,
    env,
    signal,
    onStdout: read,
    onStderr: read,
  }).then(
    ({ exitCode }) => url.reject(new Error(`code-server ended with ${exitCode}:\n${output}`)),
    (error: unknown) => url.reject(error),
  );
  const tooLate = AbortSignal.timeout(startTimeoutMs);
  tooLate.addEventListener('abort', () => url.reject(new Error(`code-server does not listen:\n${output}`)));
  return { url: url.promise, ended };
}
