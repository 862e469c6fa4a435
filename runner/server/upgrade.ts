// The HTTP side of the server: tells that it is there, and lets the right clients through to their WebSockets.
import { STATUS_CODES, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import type { ErrorCode } from '../../shared/errors/catalogue.ts';
import { healthPath, requestPath, transferIdOf, type Health } from '../../shared/protocol/handshake.ts';
import { bundleFrameBytes, maxRequestBytes } from '../../shared/protocol/requests.ts';
import type { Caller } from '../tasks/access.ts';
import type { Gate, Refusal, Visitor } from './authentication.ts';

/** Bytes that a frame of a bundle may have beyond its content. */
const frameSlackBytes = 4_096;

export interface Doors {
  openRequests(socket: WebSocket, caller: Caller): void;
  /** Whether the transfer was announced by this caller. */
  hasTransfer(transferId: string, caller: Caller): boolean;
  openTransfer(transferId: string, socket: WebSocket): void;
}

type Refused = Omit<Refusal, 'status'> & { readonly status: Refusal['status'] | 404 };

/** Answers plain HTTP requests: only whether a runner is here, and its process id. */
export function answerHttp(gate: Gate, request: IncomingMessage, response: ServerResponse): void {
  const refusal = gate.checkOrigin(visitorOf(request));
  const status = refusal?.status ?? (request.method === 'GET' && request.url === healthPath ? 200 : 404);
  const health: Health = { name: 'nightjar', pid: process.pid };
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
  response.end(status === 200 ? JSON.stringify(health) : bodyOf(refusal?.code ?? null));
}

/** Two kinds of WebSocket behind one gate. Compression stays off: a few bytes could blow up to gigabytes. */
export class Upgrades {
  readonly #gate: Gate;
  readonly #doors: Doors;
  /** Whose the sockets are. */
  readonly #callers = new WeakMap<WebSocket, Caller>();
  readonly #requests = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: maxRequestBytes,
  });
  readonly #transfers = new WebSocketServer({
    noServer: true,
    perMessageDeflate: false,
    maxPayload: bundleFrameBytes + frameSlackBytes,
  });

  constructor(gate: Gate, doors: Doors) {
    this.#gate = gate;
    this.#doors = doors;
  }

  /** Open request sockets. */
  get connectionCount(): number {
    return this.#requests.clients.size;
  }

  get sockets(): readonly WebSocket[] {
    return [...this.#requests.clients, ...this.#transfers.clients];
  }

  /** Cuts all sockets of the holder of a token off. */
  cutOff(name: string): void {
    for (const socket of this.sockets) if (this.#callers.get(socket)?.name === name) socket.terminate();
  }

  handle(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    // Until the upgrade is done nobody else listens: a client that is cut off here is no error of ours.
    socket.on('error', () => socket.destroy());
    const visitor = visitorOf(request);
    const admitted = this.#gate.checkOrigin(visitor) ?? this.#gate.admit(visitor);
    if ('status' in admitted) {
      refuse(socket, admitted);
      return;
    }
    const path = request.url ?? '';
    const transferId = transferIdOf(path);
    if (path === requestPath) {
      this.#requests.handleUpgrade(request, socket, head, (open) =>
        this.#doors.openRequests(this.#take(open, admitted), admitted),
      );
    } else if (transferId !== null && this.#doors.hasTransfer(transferId, admitted)) {
      this.#transfers.handleUpgrade(request, socket, head, (open) =>
        this.#doors.openTransfer(transferId, this.#take(open, admitted)),
      );
    } else refuse(socket, { status: 404, code: null });
  }

  /** An error of a socket (a frame too large, a reset) is followed by its 'close', which is what we act on. */
  #take(socket: WebSocket, caller: Caller): WebSocket {
    this.#callers.set(socket, caller);
    return socket.on('error', () => undefined);
  }
}

function visitorOf(request: IncomingMessage): Visitor {
  return { address: request.socket.remoteAddress ?? '', headers: request.headers };
}

function refuse(socket: Duplex, { status, code }: Refused): void {
  const body = bodyOf(code);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.once('finish', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function bodyOf(code: ErrorCode | null): string {
  return JSON.stringify(code === null ? {} : { code });
}
