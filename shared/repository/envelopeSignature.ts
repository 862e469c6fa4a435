// Checks the signature of evidence against the public key that came with it; whose key it is, others decide.
import { createHash, createPublicKey, verify } from 'node:crypto';
import { signedBytes, type Envelope } from '../evidence/envelope.ts';

export type SignatureFlaw = 'signatureWrong' | 'keyIdWrong';

export interface SignedPayload {
  /** The text that was signed; null where it was not signed by the key. */
  readonly text: string | null;
  readonly flaw: SignatureFlaw | null;
  /** SHA-256 of the key that came along, hexadecimal: it names the signer, whatever the envelope says. */
  readonly keyid: string;
}

/** Nothing of the payload is to be believed before its signature holds. */
export function openEnvelope({ payload, signatures }: Envelope): SignedPayload {
  const [signature] = signatures;
  const key = Buffer.from(signature?.publicKey ?? '', 'base64');
  const keyid = keyidOf(key);
  const bytes = Buffer.from(payload, 'base64');
  if (signature?.keyid !== keyid) return { text: null, flaw: 'keyIdWrong', keyid };
  if (!isSigned(bytes, key, Buffer.from(signature.sig, 'base64')))
    return { text: null, flaw: 'signatureWrong', keyid };
  return { text: bytes.toString('utf8'), flaw: null, keyid };
}

/** `publicKey`: SubjectPublicKeyInfo in DER. */
export function keyidOf(publicKey: Uint8Array): string {
  return createHash('sha256').update(publicKey).digest('hex');
}

function isSigned(payload: Uint8Array, der: Buffer, signature: Uint8Array): boolean {
  try {
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' });
    return key.asymmetricKeyType === 'ed25519' && verify(null, signedBytes(payload), key, signature);
  } catch {
    // What is no key has signed nothing.
    return false;
  }
}
