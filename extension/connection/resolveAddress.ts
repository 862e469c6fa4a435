// Decides which runner this window uses: the one of the setting, else this machine's own.
import { join } from 'node:path';
import type * as vscode from 'vscode';
import { parseAddress, type RunnerAddress } from '../../shared/client/runnerAddress.ts';
import { readSetting } from '../host/settings.ts';
import { readModelKey, readToken } from './runnerSecrets.ts';

/** Starts the local runner where no address is set. Throws KnownError runnerDidNotStart, runnerUnreachable. */
export async function resolveAddress(
  context: Pick<vscode.ExtensionContext, 'secrets' | 'extensionPath' | 'globalStorageUri'>,
  signal: AbortSignal,
): Promise<RunnerAddress> {
  const address = readSetting('runner.address').trim();
  if (address !== '') {
    const { url, fingerprint } = parseAddress(address);
    return { url, fingerprint, token: await readToken(context.secrets, url) };
  }
  const [{ defaultDataFolder }, { findOrStartLocalRunner }, { localRunnerLaunch }] = await Promise.all([
    import('../../shared/client/dataFolder.ts'),
    import('../../shared/client/localRunner.ts'),
    import('./localRunnerLaunch.ts'),
  ]);
  const dataFolder = defaultDataFolder(process.env);
  const modelEndpoint = readSetting('runner.modelEndpoint').trim();
  const launch = await localRunnerLaunch({
    program: join(context.extensionPath, 'dist', 'runner.mjs'),
    storageFolder: context.globalStorageUri.fsPath,
    dataFolder,
    modelKey: await readModelKey(context.secrets),
    modelEndpoint: modelEndpoint === '' ? null : modelEndpoint,
  });
  return findOrStartLocalRunner({ dataFolder, launch }, signal);
}
