// The certificate that the server shows: one of the owner's files, or the one that the runner made itself.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { KnownError } from '../../shared/errors/errors.ts';
import { keptCertificate, type KeyPair } from './selfMadeCertificate.ts';

export interface Certificate extends KeyPair {
  /** SHA-256, as `openssl x509 -fingerprint -sha256` prints it. */
  readonly fingerprint: string;
}

/**
 * Null where no TLS was chosen. `folder` (absolute) keeps what the runner makes itself.
 * Throws KnownError `configurationInvalid` for files that can't be read or don't belong together.
 */
export async function readCertificate(
  choice: 'none' | 'selfMade' | { readonly cert: string; readonly key: string },
  folder: string,
): Promise<Certificate | null> {
  if (choice === 'none') return null;
  const pair =
    choice === 'selfMade'
      ? await keptCertificate(folder, new Date())
      : { cert: await readPem(choice.cert), key: await readPem(choice.key) };
  try {
    const certificate = new X509Certificate(pair.cert);
    if (!certificate.checkPrivateKey(createPrivateKey(pair.key))) throw new Error('the key is another one’s');
    return { ...pair, fingerprint: certificate.fingerprint256 };
  } catch (error) {
    const name = choice === 'selfMade' ? folder : choice.cert;
    throw new KnownError('configurationInvalid', { name, detail: wordsOf(error) }, error);
  }
}

async function readPem(file: string): Promise<string> {
  return readFile(file, 'utf8').catch((error: unknown) => {
    throw new KnownError('configurationInvalid', { name: file, detail: wordsOf(error) }, error);
  });
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
