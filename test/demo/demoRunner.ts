// Starts a real local runner with a data folder of its own, and ends it without a trace.
import { fileURLToPath } from 'node:url';
import { findOrStartLocalRunner } from '../../shared/client/localRunner.ts';
import { RunnerConnection } from '../../shared/client/runnerConnection.ts';
import { cleanRunnerEnvironment } from '../../shared/client/runnerEnvironment.ts';
import { endRunner } from '../support/endRunner.ts';

const entry = fileURLToPath(new URL('../../runner/main.ts', import.meta.url));

export interface DemoRunner extends AsyncDisposable {
  readonly connection: RunnerConnection;
  /** Where it listens, for the viewer. */
  readonly url: string;
}

/** A running runner with a connection to it; disposing ends both. `env` is added to this process's environment. */
export async function startDemoRunner(
  dataFolder: string,
  { env, isUnsandboxed }: { readonly env: Readonly<Record<string, string>>; readonly isUnsandboxed: boolean },
  signal: AbortSignal,
): Promise<DemoRunner> {
  const launch = {
    file: process.execPath,
    args: [entry, 'runner', '--data', dataFolder, ...(isUnsandboxed ? ['--sandbox', 'off'] : [])],
    env: { ...cleanRunnerEnvironment(process.env), ...env },
  };
  const connection = new RunnerConnection({
    resolveAddress: (attempt) => findOrStartLocalRunner({ dataFolder, launch }, attempt),
    clientName: 'nightjar demo',
    clientVersion: '0',
    isPersistent: false,
  });
  const dispose = async (): Promise<void> => {
    await connection[Symbol.asyncDispose]();
    await endRunner(dataFolder);
  };
  try {
    await connection.connect(signal);
  } catch (error) {
    await dispose();
    throw error;
  }
  return { connection, url: connection.address?.url ?? '', [Symbol.asyncDispose]: dispose };
}
