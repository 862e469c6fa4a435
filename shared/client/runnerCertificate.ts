// Whom a client takes for the runner: a certificate that the machine trusts, or the one with the right fingerprint.
import { get } from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket, type SecureContextOptions } from 'node:tls';
import { KnownError } from '../errors/errors.ts';
import { healthPath } from '../protocol/handshake.ts';
import { doorUrl, isSecureUrl, type RunnerAddress } from './runnerAddress.ts';

const lookTimeoutMs = 5_000;

/** What TLS reports of a certificate that nobody vouches for, or that is another one's. Source: openssl-verification-options. */
const distrustCodes =
  /^(?:CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_(?:GET_ISSUER|VERIFY)|INVALID_CA|PATH_LENGTH_|HOSTNAME_MISMATCH|ERR_TLS_CERT_)/;

export interface ShownCertificate {
  /** SHA-256, like `AB:CD:…`. */
  readonly fingerprint: string;
  /** Whether this machine trusts it without more. */
  readonly isTrusted: boolean;
  readonly pem: string;
}

/** Part of the options of a TLS connection. */
export interface Trust extends Pick<SecureContextOptions, 'ca'> {
  readonly allowPartialTrustChain?: boolean;
  readonly checkServerIdentity?: (
    name: string,
    certificate: { readonly fingerprint256: string },
  ) => Error | undefined;
}

/**
 * How to connect so that nobody else than the runner of `address` gets the token. With a fingerprint the certificate
 * itself is fetched first, by a visit without a token, and is then the only one that the true connection accepts: it
 * checks that in its own handshake, whichever way through proxies it takes.
 * Throws KnownError certificateChanged, runnerUnreachable.
 */
export async function trustIn(address: RunnerAddress, signal: AbortSignal): Promise<Trust> {
  const { fingerprint: ours = null, url } = address;
  if (ours === null) return {};
  if (!isSecureUrl(url))
    throw new KnownError('runnerUnreachable', { address: url, detail: 'it does not use TLS' });
  const { pem, fingerprint: theirs } = await lookAtCertificate(address, signal);
  const changed = (shown: string): KnownError =>
    new KnownError('certificateChanged', { address: url, theirs: shown, ours });
  if (theirs !== ours) throw changed(theirs);
  return {
    ca: [pem],
    allowPartialTrustChain: true,
    // Its names don't matter: a runner is reached by many.
    checkServerIdentity: (_, { fingerprint256 }) =>
      fingerprint256 === ours ? undefined : changed(fingerprint256),
  };
}

/** The error that a failed connection is, where its certificate was the reason; null where it was not. */
export async function certificateError(
  address: RunnerAddress,
  error: Error,
  signal: AbortSignal,
): Promise<KnownError | null> {
  if (error instanceof KnownError) return error;
  const code = 'code' in error ? String(error.code) : '';
  if (!distrustCodes.test(code)) return null;
  const { fingerprint: theirs } = await lookAtCertificate(address, signal);
  // What follows is advice for whoever starts Node.
  const [detail = code] = error.message.split(';', 1);
  return new KnownError('certificateUnknown', { address: address.url, detail, theirs }, error);
}

/** The certificate that the runner shows to a visitor who sends nothing secret. Throws KnownError runnerUnreachable. */
export async function lookAtCertificate(
  { url }: Pick<RunnerAddress, 'url'>,
  signal: AbortSignal,
): Promise<ShownCertificate> {
  const door = doorUrl({ url, token: null }, healthPath, 'http');
  const timeout = AbortSignal.timeout(lookTimeoutMs);
  try {
    return await new Promise((resolve, reject) => {
      const options = { rejectUnauthorized: false, agent: false, signal: AbortSignal.any([signal, timeout]) };
      const request = get(door, options, (response) => {
        const shown = shownBy(response.socket);
        if (shown === null) reject(new Error('it shows no certificate'));
        else resolve(shown);
        request.destroy();
      });
      request.once('error', reject);
    });
  } catch (error) {
    signal.throwIfAborted();
    const detail = timeout.aborted
      ? 'it does not answer'
      : error instanceof Error
        ? error.message
        : String(error);
    throw new KnownError('runnerUnreachable', { address: url, detail }, error);
  }
}

function shownBy(socket: Socket): ShownCertificate | null {
  if (!(socket instanceof TLSSocket)) return null;
  const certificate = socket.getPeerX509Certificate();
  if (certificate === undefined) return null;
  const { fingerprint256: fingerprint } = certificate;
  return { fingerprint, isTrusted: socket.authorized, pem: certificate.toString() };
}
