// Where a runner listens and how to make the URLs of its doors from that.
import { KnownError } from '../errors/errors.ts';

export interface RunnerAddress {
  /** Like `ws://127.0.0.1:4711`; `http:` and `https:` are taken as their WebSocket kin. */
  readonly url: string;
  /** Null where none is known; the runner then answers `tokenMissing`. */
  readonly token: string | null;
}

/** The URL of one door of the runner; `path` begins with a slash. Throws `runnerUnreachable` for an address that is none. */
export function doorUrl(address: RunnerAddress, path: string, scheme: 'ws' | 'http'): URL {
  if (!URL.canParse(address.url)) {
    throw new KnownError('runnerUnreachable', { address: address.url, detail: 'this is not an address' });
  }
  const base = new URL(address.url);
  const isSecure = base.protocol === 'wss:' || base.protocol === 'https:';
  if (!isSecure && base.protocol !== 'ws:' && base.protocol !== 'http:') {
    throw new KnownError('runnerUnreachable', {
      address: address.url,
      detail: 'it must begin with ws:// or wss://',
    });
  }
  return new URL(`${scheme}${isSecure ? 's' : ''}://${base.host}${base.pathname.replace(/\/$/, '')}${path}`);
}
