// The runner's server: one port, a gate, request sockets and bundle sockets.
import { once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { createServer, type Server as HttpServer } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { KnownError } from '../../shared/errors/errors.ts';
import { Gate } from './authentication.ts';
import { refuseOpenDoor } from './binding.ts';
import { ClientConnection } from './connection.ts';
import type { EventLog, Handlers, OutputSource, QueueSource, RunnerDescription, Transfers } from './ports.ts';
import type { KeyPair } from './selfMadeCertificate.ts';
import type { Tokens } from './tokens.ts';
import { TransferDesk } from './transfers.ts';
import { answerHttp, Upgrades } from './upgrade.ts';

export interface ServerTimes {
  /** Milliseconds for the headers of a request, and after them for `initialize`. */
  readonly handshakeMs: number;
  /** Milliseconds between signs of life. */
  readonly pingIntervalMs: number;
  /** Milliseconds without a frame after which an upload is given up. */
  readonly uploadIdleMs: number;
  /** Milliseconds that clients get at the end to close by themselves. */
  readonly farewellMs: number;
}

const defaultTimes: ServerTimes = {
  handshakeMs: 5_000,
  pingIntervalMs: 30_000,
  uploadIdleMs: 60_000,
  farewellMs: 500,
};

const defaultUploadQuotaBytes = 4 * 1024 ** 3;
const maxSockets = 512;
/** WebSocket close code for a server that shuts down. Source: RFC 6455, section 7.4.1. */
const goingAway = 1001;

export interface ServerOptions {
  /** Name or IP address to listen at. */
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Null for plain connections, which only a loopback takes. */
  readonly tls: KeyPair | null;
  readonly tokens: Tokens;
  /** Names for the Host header beside `host` and those of the loopback: by which a proxy or a network knows us. */
  readonly hostNames?: readonly string[];
  readonly handlers: Handlers;
  readonly log: EventLog;
  readonly outputs: OutputSource;
  readonly queue: QueueSource;
  readonly transfers: Transfers;
  readonly describeRunner: () => RunnerDescription;
  /** Absolute folder for bundles under way: the server's own, emptied at start. */
  readonly uploadsFolder: string;
  /** Bytes of the largest upload; 4 GiB by default. */
  readonly uploadQuotaBytes?: number;
  readonly logBug: (error: unknown) => void;
  readonly times?: Partial<ServerTimes>;
  /** A clock in ms for the count of failed logins. */
  readonly now?: () => number;
}

export interface Server extends AsyncDisposable {
  readonly address: { readonly host: string; readonly port: number };
  /** Clients on the request socket at this moment. */
  readonly connectionCount: number;
}

/**
 * Listens until it is disposed or `signal` is aborted.
 * Throws KnownError tlsNeeded, and configurationInvalid where it can't listen at that address.
 */
export async function startServer(options: ServerOptions, signal: AbortSignal): Promise<Server> {
  signal.throwIfAborted();
  refuseOpenDoor(options.host, options.tls !== null);
  const times = { ...defaultTimes, ...options.times };
  // What a runner that crashed has left behind.
  await rm(options.uploadsFolder, { recursive: true, force: true });
  await mkdir(options.uploadsFolder, { recursive: true, mode: 0o700 });
  const desk = openDesk(options, times);
  const { tokens, host, hostNames = [], now = Date.now } = options;
  const gate = new Gate({ tokens, host, hostNames, now });
  const context = {
    ...options,
    desk,
    handshakeTimeoutMs: times.handshakeMs,
    pingIntervalMs: times.pingIntervalMs,
  };
  const upgrades = new Upgrades(gate, {
    openRequests: (socket, caller) => {
      new ClientConnection(socket, caller, context).listen();
    },
    hasTransfer: (transferId, caller) => desk.isWaiting(transferId, caller),
    openTransfer: (transferId, socket) => desk.serve(transferId, socket),
  });
  const http = createDoor(options.tls, times.handshakeMs);
  http.maxConnections = maxSockets;
  http.on('request', (request, response) => answerHttp(gate, request, response));
  http.on('upgrade', (request, socket, head) => upgrades.handle(request, socket, head));
  await listen(http, options);
  http.once(
    'close',
    tokens.onRevoke((name) => upgrades.cutOff(name)),
  );
  return new RunningServer(http, upgrades, desk, {
    signal,
    farewellMs: times.farewellMs,
    host: options.host,
  });
}

class RunningServer implements Server {
  readonly address: Server['address'];
  readonly #http: HttpServer;
  readonly #upgrades: Upgrades;
  readonly #desk: TransferDesk;
  readonly #farewellMs: number;
  #closing: Promise<void> | null = null;

  constructor(
    http: HttpServer,
    upgrades: Upgrades,
    desk: TransferDesk,
    options: { readonly signal: AbortSignal; readonly farewellMs: number; readonly host: string },
  ) {
    this.#http = http;
    this.#upgrades = upgrades;
    this.#desk = desk;
    this.#farewellMs = options.farewellMs;
    this.address = { host: options.host, port: (http.address() as AddressInfo).port };
    const onAbort = (): void => void this[Symbol.asyncDispose]();
    options.signal.addEventListener('abort', onAbort, { once: true });
    http.once('close', () => options.signal.removeEventListener('abort', onAbort));
  }

  get connectionCount(): number {
    return this.#upgrades.connectionCount;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async #close(): Promise<void> {
    const closed = once(this.#http, 'close');
    this.#http.close();
    for (const socket of this.#upgrades.sockets) socket.close(goingAway);
    const cut = new AbortController();
    await Promise.race([closed, delay(this.#farewellMs, undefined, { signal: cut.signal })]);
    cut.abort();
    for (const socket of this.#upgrades.sockets) socket.terminate();
    this.#http.closeAllConnections();
    await this.#desk[Symbol.asyncDispose]();
    await closed;
  }
}

/** One port, plain or with TLS; whoever dawdles over handshake or headers is cut off. */
function createDoor(tls: KeyPair | null, handshakeMs: number): HttpServer {
  const times = {
    headersTimeout: handshakeMs,
    requestTimeout: handshakeMs,
    connectionsCheckingInterval: Math.min(1_000, handshakeMs),
  };
  if (tls === null) return createServer(times);
  return createTlsServer({ ...tls, ...times, handshakeTimeout: handshakeMs, minVersion: 'TLSv1.3' });
}

function openDesk(options: ServerOptions, times: ServerTimes): TransferDesk {
  return new TransferDesk({
    transfers: options.transfers,
    folder: options.uploadsFolder,
    quotaBytes: options.uploadQuotaBytes ?? defaultUploadQuotaBytes,
    times: { pingIntervalMs: times.pingIntervalMs, idleMs: times.uploadIdleMs },
    logBug: options.logBug,
  });
}

async function listen(http: HttpServer, { host, port }: ServerOptions): Promise<void> {
  http.listen(port, host);
  try {
    await once(http, 'listening');
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new KnownError('configurationInvalid', { name: `${host}:${port}`, detail }, error);
  }
}
