// `nightjar runner` as somebody runs it on a server: started by hand, reached by address, fingerprint and token.
import { join } from 'node:path';
import { readRunnerRecord } from '../../shared/client/runnerRecord.ts';
import { runProcess } from '../../shared/host/processes.ts';
import { projectRoot } from '../layers/testFiles.ts';
import { until } from './patience.ts';
import type { Environment } from './serverFolder.ts';

/** Of the same build as the packaged extension. */
const program = join(projectRoot, 'dist', 'runner.mjs');

export class RemoteRunner implements AsyncDisposable {
  readonly #dataFolder: string;
  readonly #env: Environment;
  #url = '';
  #token = '';
  #fingerprint = '';
  #running: { readonly stop: AbortController; readonly ended: Promise<unknown> } | undefined;

  /** `env` leads the runner to its model. */
  constructor(dataFolder: string, env: Environment) {
    this.#dataFolder = dataFolder;
    this.#env = env;
  }

  get url(): string {
    return this.#url;
  }

  get token(): string {
    return this.#token;
  }

  /** SHA-256 of the certificate that it made for itself. */
  get fingerprint(): string {
    return this.#fingerprint;
  }

  /** Starts it; where it has run before, at the same address. */
  async start(): Promise<void> {
    const stop = new AbortController();
    const port = this.#url === '' ? '0' : new URL(this.#url).port;
    let output = '';
    const read = (chunk: Buffer): void => void (output += chunk.toString());
    const ended = runProcess({
      file: process.execPath,
      args: [program, 'runner', '--data', this.#dataFolder, '--port', port, '--tls'],
      env: { ...process.env, ...this.#env },
      signal: stop.signal,
      onStdout: read,
      onStderr: read,
    })
      .catch(() => undefined)
      .finally(() => stop.abort());
    this.#running = { stop, ended };
    await until('the runner has started', async () => {
      const record = await readRunnerRecord(this.#dataFolder);
      if (record !== null)
        [this.#url, this.#token, this.#fingerprint] = [record.url, record.token, record.fingerprint ?? ''];
      else if (stop.signal.aborted) throw new Error(`the runner ended: ${output}`);
      return record !== null;
    });
  }

  /** Ends it; whoever is connected loses it. */
  async stop(): Promise<void> {
    this.#running?.stop.abort();
    await this.#running?.ended;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
