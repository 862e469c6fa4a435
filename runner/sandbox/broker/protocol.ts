// What runner and broker say to each other: a line of JSON each, over the broker's standard input and output.

export interface WrapRequest {
  /** Nobody can guess it: what the network lets through for a command hangs on it. */
  readonly commandId: string;
  /** A line for the shell. */
  readonly command: string;
  readonly shell: string;
  readonly readable: readonly string[];
  /** Beneath those, what stays hidden. */
  readonly hidden: readonly string[];
  readonly writable: readonly string[];
  readonly hosts: readonly string[];
}

/** Asks that are answered in the order in which they come. */
export type BrokerRequest =
  | { readonly id: number; readonly ask: 'missing' }
  | { readonly id: number; readonly ask: 'wrap'; readonly wrap: WrapRequest }
  | { readonly id: number; readonly ask: 'release'; readonly commandId: string }
  | { readonly id: number; readonly ask: 'catchUp' };

export type BrokerMessage =
  | { readonly id: number; readonly ok: true; readonly result: unknown }
  | { readonly id: number; readonly ok: false; readonly error: string }
  /** A command was kept from a host. */
  | { readonly blocked: { readonly commandId: string; readonly host: string } };

/** The answer to `missing`: what the library says is not there, in its own words. */
export interface Missing {
  readonly errors: readonly string[];
}

/** The answer to `wrap`. */
export interface Wrapped {
  readonly argv: readonly string[];
  /** The same without the way to the network, for a program that asks nothing of it: it starts sooner. */
  readonly offline: readonly string[];
  /** By which its proxies know their commands, the same for all of them; null where the line has none. */
  readonly proxyWord: string | null;
}
