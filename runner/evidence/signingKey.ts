// The key with which a runner signs evidence, made once: whoever knows its public half knows the runner's word again.
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
} from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { publicKeyFile } from '../../shared/client/localKey.ts';

export interface SigningKey {
  readonly privateKey: KeyObject;
  /** SubjectPublicKeyInfo in DER, base64. */
  readonly publicKey: string;
  /** SHA-256 of the public key, hexadecimal. */
  readonly keyid: string;
  /** What of the key's file must never be shown. */
  readonly secret: string;
}

/** Reads the key, made and kept for its owner only where there is none yet. Only the holder of the folder may call it. */
export async function keptSigningKey(dataFolder: string): Promise<SigningKey> {
  const file = path.join(dataFolder, 'signingKey.pem');
  const pem = (await readFile(file, 'utf8').catch(emptyIfMissing)) || (await makeKey(file));
  const privateKey = createPrivateKey(pem);
  const der = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const publicKey = der.toString('base64');
  // Beside it, so that a check of evidence on this machine never has to open the key.
  await writeFile(publicKeyFile(dataFolder), `${publicKey}\n`, { mode: 0o600 });
  const secret = pem.split('\n')[1] ?? '';
  return { privateKey, publicKey, keyid: createHash('sha256').update(der).digest('hex'), secret };
}

/** As a whole or not at all: half a key would make every later start fail. */
async function makeKey(file: string): Promise<string> {
  const { privateKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  await writeFile(`${file}.new`, pem, { mode: 0o600 });
  await rename(`${file}.new`, file);
  return pem;
}

function emptyIfMissing(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
  throw error;
}
