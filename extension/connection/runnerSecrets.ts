// Tokens and keys, kept where the editor keeps secrets: never in a setting, never in a log.
import type * as vscode from 'vscode';

const modelKeyName = 'model.key';

/** The token for the runner at `address` (without a fingerprint); each address has its own. */
export async function readToken(secrets: vscode.SecretStorage, address: string): Promise<string | null> {
  return (await secrets.get(tokenName(address))) ?? null;
}

export async function writeToken(
  secrets: vscode.SecretStorage,
  address: string,
  token: string,
): Promise<void> {
  await secrets.store(tokenName(address), token);
}

/** The key that a local runner gives to the model endpoint; null where the environment has to have it. */
export async function readModelKey(secrets: vscode.SecretStorage): Promise<string | null> {
  return (await secrets.get(modelKeyName)) ?? null;
}

/** An empty key forgets the stored one. */
export async function writeModelKey(secrets: vscode.SecretStorage, key: string): Promise<void> {
  if (key === '') await secrets.delete(modelKeyName);
  else await secrets.store(modelKeyName, key);
}

function tokenName(address: string): string {
  return `runner:${address}`;
}
