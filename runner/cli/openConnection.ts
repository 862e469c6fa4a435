// Connects a command to the runner that its options name, starting a local one where none runs.
import { resolve } from 'node:path';
import { defaultDataFolder } from '../../shared/client/dataFolder.ts';
import { findOrStartLocalRunner } from '../../shared/client/localRunner.ts';
import { parseAddress, parseFingerprint, type RunnerAddress } from '../../shared/client/runnerAddress.ts';
import { RunnerConnection } from '../../shared/client/runnerConnection.ts';
import { cleanRunnerEnvironment } from '../../shared/client/runnerEnvironment.ts';
import { KnownError } from '../../shared/errors/errors.ts';
import type { Surroundings } from './surroundings.ts';

/** Which runner a command talks to. */
export interface RunnerOptions {
  /** Address of a runner; its token comes from NIGHTJAR_TOKEN, and its fingerprint may from NIGHTJAR_FINGERPRINT. */
  readonly runner?: string;
  /** Data folder of a local runner. */
  readonly data?: string;
}

/** The data folder that the options name, absolute. */
export function dataFolderOf(options: RunnerOptions, surroundings: Surroundings): string {
  return options.data === undefined
    ? defaultDataFolder(surroundings.env)
    : resolve(surroundings.cwd, options.data);
}

/**
 * A connection that is made; the caller closes it. A persistent one is made again after a break.
 * Rejects when the first attempt fails, in both cases.
 */
export async function connectToRunner(
  options: RunnerOptions,
  surroundings: Surroundings,
  isPersistent: boolean,
): Promise<RunnerConnection> {
  const connection = new RunnerConnection({
    resolveAddress: (signal) => resolveAddress(options, surroundings, signal),
    clientName: 'nightjar command line',
    clientVersion: surroundings.version,
    isPersistent,
  });
  const giveUp = new AbortController();
  // A persistent connection would go on trying; somebody at a prompt wants to know at once.
  const stop = connection.onState((state) => {
    if (state.kind === 'waiting') giveUp.abort(state.error);
  });
  try {
    await connection.connect(AbortSignal.any([surroundings.signal, giveUp.signal]));
    return connection;
  } catch (error) {
    await connection[Symbol.asyncDispose]();
    throw error;
  } finally {
    stop();
  }
}

async function resolveAddress(
  options: RunnerOptions,
  surroundings: Surroundings,
  signal: AbortSignal,
): Promise<RunnerAddress> {
  if (options.runner !== undefined) return addressOf(options.runner, surroundings.env);
  const dataFolder = dataFolderOf(options, surroundings);
  const launch = {
    file: process.execPath,
    args: [surroundings.entry, 'runner', '--data', dataFolder],
    // Nobody would end a runner that was started on the way.
    env: { ...cleanRunnerEnvironment(surroundings.env), NIGHTJAR_ENDS_WHEN_IDLE: '1' },
  };
  return findOrStartLocalRunner({ dataFolder, launch }, signal);
}

/** Without a scheme it is TLS that a fingerprint asks for. */
function addressOf(text: string, env: Surroundings['env']): RunnerAddress {
  const kept = env['NIGHTJAR_FINGERPRINT'] ?? '';
  const scheme = kept !== '' || text.includes('#') ? 'wss' : 'ws';
  const { url, fingerprint } = parseAddress(text.includes('://') ? text : `${scheme}://${text}`);
  const token = env['NIGHTJAR_TOKEN'] ?? null;
  if (fingerprint !== null || kept === '') return { url, token, fingerprint };
  const ours = parseFingerprint(kept);
  if (ours !== null) return { url, token, fingerprint: ours };
  const detail = 'it has to be a SHA-256 of 64 hexadecimal digits';
  throw new KnownError('configurationInvalid', { name: 'NIGHTJAR_FINGERPRINT', detail });
}
