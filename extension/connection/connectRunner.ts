// The flow of "Connect to Runner…": this machine's own, another one by address and token, or the model's key.
import * as vscode from 'vscode';
import { doorUrl, isSecureUrl, parseAddress } from '../../shared/client/runnerAddress.ts';
import { KnownError } from '../../shared/errors/errors.ts';
import { pickPresent } from '../host/pickPresent.ts';
import { readSetting, writeSetting } from '../host/settings.ts';
import type { RunnerLink } from './runnerLink.ts';
import { writeModelKey, writeToken } from './runnerSecrets.ts';

const title = 'Connect to Runner';

interface Choice extends vscode.QuickPickItem {
  readonly run: (link: RunnerLink, secrets: vscode.SecretStorage, signal: AbortSignal) => Promise<void>;
}

const choices: readonly Choice[] = [
  {
    label: '$(device-desktop) This Machine',
    detail: 'Starts a runner here when one is needed. Tasks pause while the machine sleeps.',
    run: useThisMachine,
  },
  {
    label: '$(remote) Another Runner…',
    detail: 'A runner on a server, by its address and token.',
    run: useAddress,
  },
  {
    label: '$(key) Set the Model’s Key…',
    detail: 'The API key that the runner of this machine gives to its model endpoint.',
    run: setModelKey,
  },
];

/** Does nothing where the user backs out. Throws what keeps the connection from being made. */
export async function connectRunner(
  link: RunnerLink,
  secrets: vscode.SecretStorage,
  signal: AbortSignal,
): Promise<void> {
  const address = readSetting('runner.address');
  const choice = await pickPresent(choices, {
    title,
    placeHolder: address === '' ? '' : `Now: ${address.replace(/#.*/, '')}`,
    isPresent: ({ run }) => run === (address === '' ? useThisMachine : useAddress),
  });
  await choice?.run(link, secrets, signal);
}

async function useThisMachine(link: RunnerLink, _: vscode.SecretStorage, signal: AbortSignal): Promise<void> {
  await moveTo('', link, signal);
}

async function useAddress(
  link: RunnerLink,
  secrets: vscode.SecretStorage,
  signal: AbortSignal,
): Promise<void> {
  const address = await vscode.window.showInputBox({
    title: `${title} (1/2)`,
    prompt: 'Address of the runner',
    placeHolder: 'wss://runner.example.com, with #fingerprint=… if “nightjar runner” printed one',
    value: readSetting('runner.address'),
    ignoreFocusOut: true,
    validateInput: addressProblem,
  });
  if (address === undefined) return;
  const { url, fingerprint } = parseAddress(address);
  const trusted = fingerprint ?? (await fingerprintToTrust(url, signal));
  if (trusted === undefined) return;
  const token = await vscode.window.showInputBox({
    title: `${title} (2/2)`,
    prompt:
      'Token: your own from “nightjar token create”, or the runner’s, which it keeps in runner.json in its data folder',
    password: true,
    ignoreFocusOut: true,
  });
  if (token === undefined) return;
  await writeToken(secrets, url, token.trim());
  await moveTo(trusted === null ? url : `${url}#fingerprint=${trusted}`, link, signal);
}

/**
 * Null where no fingerprint is needed; else that of the certificate which the runner shows, once the user trusts it,
 * and undefined where the user does not. Nothing secret is sent for it.
 */
async function fingerprintToTrust(url: string, signal: AbortSignal): Promise<string | null | undefined> {
  if (!isSecureUrl(url)) return null;
  const { lookAtCertificate } = await import('../../shared/client/runnerCertificate.ts');
  const { fingerprint, isTrusted } = await lookAtCertificate({ url }, signal);
  if (isTrusted) return null;
  const trust = 'Trust This Runner';
  const detail = `Its certificate has the SHA-256 fingerprint\n\n${fingerprint}\n\nCompare it with the one that “nightjar runner” printed where it runs. Trust it only if they are the same: whoever holds this certificate gets your token and your code.`;
  const message = `No authority that this machine trusts vouches for the runner at ${url}.`;
  const chosen = await vscode.window.showWarningMessage(message, { modal: true, detail }, trust);
  return chosen === trust ? fingerprint : undefined;
}

async function setModelKey(
  link: RunnerLink,
  secrets: vscode.SecretStorage,
  signal: AbortSignal,
): Promise<void> {
  const key = await vscode.window.showInputBox({
    title: 'Set the Model’s Key',
    prompt:
      'Kept in the editor’s secret storage; empty forgets it and OPENAI_API_KEY of the environment counts',
    password: true,
    ignoreFocusOut: true,
  });
  if (key === undefined) return;
  await writeModelKey(secrets, key.trim());
  if (readSetting('runner.address') !== '') {
    vscode.window.showInformationMessage(
      'The key is kept for the runner of this machine; the connected one has its own.',
    );
    return;
  }
  // A runner has the key from its start: an idle one is started anew, a busy one finishes first.
  const connection = await link.connected(signal);
  const { isEnding } = await connection.request('runner/shutDown', {}, signal);
  if (!isEnding) {
    vscode.window.showInformationMessage(
      'Tasks are running; the key counts from the next start of the runner.',
    );
    return;
  }
  await link.reset();
  await connect(link, signal);
}

/**
 * The old connection ends first: who listens to the setting then finds nothing to move, and the runner sees one attempt.
 * It counts those with a wrong token.
 */
async function moveTo(address: string, link: RunnerLink, signal: AbortSignal): Promise<void> {
  await link.reset();
  await writeSetting('runner.address', address);
  await connect(link, signal);
}

async function connect(link: RunnerLink, signal: AbortSignal): Promise<void> {
  const { state } = await link.connected(signal);
  if (state.kind !== 'connected') return;
  const { runnerVersion, model } = state.runner;
  const modelWords = model === null ? 'no model yet' : `model ${model}`;
  vscode.window.showInformationMessage(`Connected to a runner of version ${runnerVersion}, ${modelWords}.`);
}

function addressProblem(address: string): string | undefined {
  try {
    const { url } = parseAddress(address);
    doorUrl({ url, token: null }, '/', 'ws');
    return undefined;
  } catch (error) {
    if (error instanceof KnownError) return error.message;
    throw error;
  }
}
