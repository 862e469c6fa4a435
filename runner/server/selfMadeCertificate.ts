// The certificate that a runner makes itself, once: clients trust it by its fingerprint, so it never expires.
import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';

/** As PEM. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

/** Reads the certificate in `folder` (absolute), made and kept for its owner only where there is none yet. */
export async function keptCertificate(folder: string, now: Date): Promise<KeyPair> {
  const [certFile, keyFile] = [path.join(folder, 'certificate.pem'), path.join(folder, 'key.pem')];
  const readBoth = Promise.all([readFile(certFile, 'utf8'), readFile(keyFile, 'utf8')]);
  const known = await readBoth.catch(() => null);
  if (known !== null) return { cert: known[0], key: known[1] };
  const { cert, key } = makeCertificate([...new Set(['localhost', hostname()])], now);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // The certificate last and at once: where it is, its key is too.
  await writeFile(keyFile, key, { mode: 0o600 });
  await writeFile(`${certFile}.new`, cert, { mode: 0o600 });
  await rename(`${certFile}.new`, certFile);
  return { cert, key };
}

/**
 * A self-signed X.509 certificate on the curve P-256. Node signs but has no way to make one, and what there is for it
 * on npm brings two dozen packages along for these few lines. Source: RFC 5280, section 4.1, and RFC 5758, section 3.2.
 */
export function makeCertificate(names: readonly string[], now: Date): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const body = certificateBody(names, publicKey, now);
  const signature = sign('sha256', body, privateKey);
  const whole = sequence(body, ecdsaWithSha256, tagged(0x03, Buffer.of(0), signature));
  const lines = whole.toString('base64').match(/.{1,64}/g) ?? [];
  return {
    cert: ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n'),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function certificateBody(names: readonly string[], publicKey: KeyObject, now: Date): Buffer {
  const version3 = tagged(0xa0, integer(Buffer.of(2)));
  const validity = sequence(utcTime(new Date(now.getTime() - dayMs)), neverExpires);
  const hosts = sequence(...names.map((name) => tagged(0x82, Buffer.from(name, 'latin1'))));
  const alternativeNames = sequence(oid('551d11'), tagged(0x04, hosts));
  return sequence(
    version3,
    // 127 bits: a positive number.
    integer(Buffer.concat([Buffer.of(0x40), randomBytes(15)])),
    ecdsaWithSha256,
    ourName,
    validity,
    ourName,
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(alternativeNames)),
  );
}

/** One value in DER: its tag, the length of its content, the content. */
function tagged(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const lengthBytes =
    length < 0x80
      ? [length]
      : length < 0x100
        ? [0x81, length]
        : [0x82, Math.floor(length / 0x100), length % 0x100];
  return Buffer.concat([Buffer.of(tag, ...lengthBytes), content]);
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, ...parts);
}

function integer(bytes: Buffer): Buffer {
  return tagged(0x02, bytes);
}

/** `encoded`: the identifier as DER has it, hex. */
function oid(encoded: string): Buffer {
  return tagged(0x06, Buffer.from(encoded, 'hex'));
}

/** Two digits of a year: for dates before 2050. */
function utcTime(date: Date): Buffer {
  const digits = date.toISOString().replace(/\D/g, '').slice(2, 14);
  return tagged(0x17, Buffer.from(`${digits}Z`));
}

const dayMs = 24 * 3_600_000;
/** The date that stands for no end. Source: RFC 5280, section 4.1.2.5. */
const neverExpires = tagged(0x18, Buffer.from('99991231235959Z'));
const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
const ourName = sequence(tagged(0x31, sequence(oid('550403'), tagged(0x0c, Buffer.from('Nightjar runner')))));
