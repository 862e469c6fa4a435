// Where a runner listens, how people write that down, and how to make the URLs of its doors from it.
import { KnownError } from '../errors/errors.ts';

export interface RunnerAddress {
  /** Like `ws://127.0.0.1:4711`; `http:` and `https:` are taken as their WebSocket kin. */
  readonly url: string;
  /** Null where none is known; the runner then answers `tokenMissing`. */
  readonly token: string | null;
  /** SHA-256 of the certificate that alone is accepted, like `AB:CD:…`; null for any that this machine trusts. */
  readonly fingerprint?: string | null;
}

/**
 * What a person writes: a URL, and behind `#fingerprint=` the SHA-256 of the runner's certificate where no authority
 * vouches for it. Throws `runnerUnreachable` for a fingerprint that is none, or that a plain connection would not check.
 */
export function parseAddress(
  text: string,
): Pick<RunnerAddress, 'url'> & { readonly fingerprint: string | null } {
  const [url = '', fragment] = text.trim().split('#', 2);
  if (fragment === undefined) return { url, fingerprint: null };
  const fingerprint = parseFingerprint(fragment.replace(/^fingerprint=/, ''));
  const refuse = (detail: string): never => {
    throw new KnownError('runnerUnreachable', { address: url, detail });
  };
  if (fingerprint === null)
    return refuse('what follows the # is no fingerprint=… with 64 hexadecimal digits');
  if (!isSecureUrl(url)) return refuse('a fingerprint needs an address that begins with wss://');
  return { url, fingerprint };
}

/** The form in which Node and OpenSSL print it; null for what is no SHA-256 in hex. */
export function parseFingerprint(text: string): string | null {
  const digits = decodeURIComponent(text).replace(/[:\s]/g, '').toUpperCase();
  return /^[0-9A-F]{64}$/.test(digits) ? (digits.match(/../g) ?? []).join(':') : null;
}

export function isSecureUrl(url: string): boolean {
  return /^(?:wss|https):/i.test(url);
}

/** The URL of one door of the runner; `path` begins with a slash. Throws `runnerUnreachable` for an address that is none. */
export function doorUrl(address: RunnerAddress, path: string, scheme: 'ws' | 'http'): URL {
  if (!URL.canParse(address.url)) {
    throw new KnownError('runnerUnreachable', { address: address.url, detail: 'this is not an address' });
  }
  const base = new URL(address.url);
  const isSecure = isSecureUrl(base.href);
  if (!isSecure && base.protocol !== 'ws:' && base.protocol !== 'http:') {
    throw new KnownError('runnerUnreachable', {
      address: address.url,
      detail: 'it must begin with ws:// or wss://',
    });
  }
  return new URL(`${scheme}${isSecure ? 's' : ''}://${base.host}${base.pathname.replace(/\/$/, '')}${path}`);
}
