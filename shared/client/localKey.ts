// The key of the local runner as it lies in its data folder: known without a word from the runner.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { keyidOf } from '../repository/envelopeSignature.ts';
import type { KnownKey } from '../repository/knownKeys.ts';

/** The file with the public half of a runner's key, DER in base64; beside it lies what it signs with. */
export function publicKeyFile(dataFolder: string): string {
  return join(dataFolder, 'signingKey.pub');
}

/** None where no runner has signed anything there yet. */
export async function localKey(dataFolder: string): Promise<readonly KnownKey[]> {
  const text = await readFile(publicKeyFile(dataFolder), 'utf8').catch(() => null);
  if (text === null) return [];
  return [{ keyid: keyidOf(Buffer.from(text, 'base64')), address: `the local runner (${dataFolder})` }];
}
