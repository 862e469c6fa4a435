// Decides whether an upgrade may go on: the right host, no web page behind it, a token that we know, not too many attempts.
import type { IncomingHttpHeaders } from 'node:http';
import { isIP, isIPv6 } from 'node:net';
import type { ErrorCode } from '../../shared/errors/catalogue.ts';
import type { Caller } from '../tasks/access.ts';
import { isLoopback } from './binding.ts';
import type { Tokens } from './tokens.ts';

/** Why a request is turned away: the HTTP status, and what the client can tell its user. */
export interface Refusal {
  readonly status: 401 | 403 | 421 | 429;
  readonly code: ErrorCode | null;
}

export interface Visitor {
  /** IP address. */
  readonly address: string;
  readonly headers: IncomingHttpHeaders;
}

/** Failed logins that one address may have within a time. */
const attemptLimits = [
  { count: 2, withinMs: 60_000 },
  { count: 12, withinMs: 3_600_000 },
];
const longestMs = Math.max(...attemptLimits.map(({ withinMs }) => withinMs));
/** Addresses remembered; the oldest are forgotten first, so that many addresses can't fill the memory. */
const maxAddresses = 10_000;

const loopbackNames = ['localhost', '127.0.0.1', '[::1]'];

export interface GateOptions {
  readonly tokens: Pick<Tokens, 'holderOf'>;
  /** Where the server listens. */
  readonly host: string;
  /** Accepted in the Host header beside `host` and the names of the loopback. */
  readonly hostNames: readonly string[];
  /** A clock in ms. */
  readonly now: () => number;
}

export class Gate {
  readonly #tokens: GateOptions['tokens'];
  readonly #hostNames: ReadonlySet<string>;
  /** Behind a forwarded port any address may be ours; no page can have come from an address by way of rebinding. */
  readonly #acceptsAddresses: boolean;
  readonly #now: () => number;
  /** Times of failures in ms, oldest first. */
  readonly #failures = new Map<string, number[]>();

  constructor({ tokens, host, hostNames, now }: GateOptions) {
    this.#tokens = tokens;
    this.#hostNames = new Set([...loopbackNames, ...[host, ...hostNames].map(headerNameOf)]);
    this.#acceptsAddresses = !isLoopback(host);
    this.#now = now;
  }

  /** Null where the Host header is one of ours and no web page sent the request. */
  checkOrigin({ headers }: Visitor): Refusal | null {
    // A foreign name that resolves to us is a rebinding attack; an Origin means that a page in a browser is asking.
    const name = hostNameOf(headers.host ?? '');
    const isOurs = this.#hostNames.has(name) || (this.#acceptsAddresses && isAddress(name));
    if (!isOurs) return { status: 421, code: null };
    return headers.origin === undefined ? null : { status: 403, code: null };
  }

  /**
   * Who holds the token. Failures are counted, and an address with too many is told so; but a right token always goes
   * through: it is too long to be guessed, and behind one address, as the loopback is, there are many clients.
   */
  admit({ address, headers }: Visitor): Caller | Refusal {
    const token = /^Bearer (.+)$/i.exec(headers.authorization ?? '')?.[1];
    // Nothing is guessed without a token, so this doesn't count.
    if (token === undefined) return { status: 401, code: 'tokenMissing' };
    const holder = this.#tokens.holderOf(token);
    if (holder === 'revoked') return { status: 401, code: 'tokenRevoked' };
    if (holder !== null) return holder;
    if (this.#hasTooManyFailures(address)) return { status: 429, code: 'tooManyAttempts' };
    this.#recordFailure(address);
    return { status: 401, code: 'tokenWrong' };
  }

  #hasTooManyFailures(address: string): boolean {
    const times = this.#failures.get(address) ?? [];
    const now = this.#now();
    return attemptLimits.some(
      ({ count, withinMs }) => times.filter((time) => time > now - withinMs).length >= count,
    );
  }

  #recordFailure(address: string): void {
    const now = this.#now();
    const times = (this.#failures.get(address) ?? []).filter((time) => time > now - longestMs);
    this.#failures.delete(address);
    this.#failures.set(address, [...times, now]);
    const oldest = this.#failures.keys().next();
    if (this.#failures.size > maxAddresses && oldest.done !== true) this.#failures.delete(oldest.value);
  }
}

/** A name or IP address as a Host header has it: one of IP version 6 stands in brackets. */
function headerNameOf(name: string): string {
  const lower = name.toLowerCase();
  return isIPv6(lower) ? `[${lower}]` : lower;
}

/** The name in a Host header, without its port: a forwarded port differs from ours. */
function hostNameOf(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, '');
}

function isAddress(name: string): boolean {
  return isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0;
}
