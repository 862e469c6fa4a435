// The envelope in which evidence travels: DSSE, with the public key beside the signature so that it can be checked offline.
import { z } from 'zod';

/** What is inside of an envelope, as in-toto names it. */
export const payloadType = 'application/vnd.in-toto+json';

/** Bytes of one envelope that are looked at: a task of a thousand checks and findings has a tenth of it. */
export const mostEnvelopeBytes = 4 * 1024 * 1024;

const base64 = z.string().regex(/^[A-Za-z0-9+/]+={0,2}$/);

export const envelopeSchema = z.object({
  payloadType: z.literal(payloadType),
  payload: base64.describe('The statement as JSON, base64'),
  signatures: z
    .array(
      z.object({
        keyid: z
          .string()
          .regex(/^[0-9a-f]{64}$/)
          .describe('SHA-256 of the public key, hexadecimal'),
        sig: base64.describe('Ed25519, base64'),
        publicKey: base64.describe('SubjectPublicKeyInfo in DER, base64'),
      }),
    )
    .length(1),
});

export type Envelope = z.infer<typeof envelopeSchema>;

/**
 * The bytes that are signed, so that no payload can be read as one of another type.
 * Source: the DSSE protocol, "PAE".
 */
export function signedBytes(payload: Uint8Array): Uint8Array {
  const encoder = new TextEncoder();
  const type = encoder.encode(payloadType);
  const head = encoder.encode(`DSSEv1 ${type.length} ${payloadType} ${payload.length} `);
  const bytes = new Uint8Array(head.length + payload.length);
  bytes.set(head);
  bytes.set(payload, head.length);
  return bytes;
}

/** A note holds one envelope a line: several tasks may have come to the same commit. */
export function linesOf(note: string): string[] {
  return note.split('\n').filter((line) => line.trim() !== '');
}

/** Null for a line that is no envelope. */
export function parseEnvelope(line: string): Envelope | null {
  try {
    return envelopeSchema.safeParse(JSON.parse(line)).data ?? null;
  } catch {
    return null;
  }
}
