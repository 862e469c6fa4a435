// JSON-RPC over a WebSocket, one message a text frame: the reader and writer for both sides.
import {
  AbstractMessageReader,
  AbstractMessageWriter,
  Message,
  type ConnectionOptions,
  type DataCallback,
  type Disposable,
  type MessageReader,
  type MessageWriter,
} from 'vscode-jsonrpc/node';
import type { RawData, WebSocket } from 'ws';
import { sendFrame } from './webSocketFrames.ts';

/** A frame that is no JSON-RPC message; `code` is the one that JSON-RPC 2.0 has for it. */
export class MalformedMessage extends Error {
  readonly code: -32700 | -32600;

  constructor(code: -32700 | -32600, message: string) {
    super(message);
    this.code = code;
  }
}

/** Reads messages; frames that are none go to `onError` as MalformedMessage. */
export class WebSocketReader extends AbstractMessageReader implements MessageReader {
  readonly #socket: WebSocket;
  readonly #limit: number;
  #unsettled = 0;

  /** Stops reading while `limit` messages are unsettled, so that a flood stays in the sender's memory. */
  constructor(socket: WebSocket, limit = Infinity) {
    super();
    this.#socket = socket;
    this.#limit = limit;
  }

  override listen(callback: DataCallback): Disposable {
    const onMessage = (data: RawData, isBinary: boolean): void => {
      this.#deliver(textOf(data, isBinary), callback);
    };
    const onClose = (): void => {
      this.fireClose();
    };
    this.#socket.on('message', onMessage).once('close', onClose).resume();
    return { dispose: () => void this.#socket.off('message', onMessage).off('close', onClose) };
  }

  /** Messages that were read and not yet handled, a request's answer included. */
  get unsettled(): number {
    return this.#unsettled;
  }

  /** For the connection's options: handles messages as usual, and lets this reader know. */
  readonly strategies: ConnectionOptions = {
    // A request that waits in the queue is answered like every other, so that each one is counted once.
    connectionStrategy: { cancelUndispatched: () => undefined },
    messageStrategy: {
      handleMessage: async (message, next) => {
        try {
          await next(message);
        } finally {
          this.#settle();
        }
      },
    },
  };

  #settle(): void {
    this.#unsettled -= 1;
    if (this.#unsettled < this.#limit && this.#socket.isPaused) this.#socket.resume();
  }

  #deliver(text: string | null, callback: DataCallback): void {
    try {
      const message = parseMessage(text);
      // A cancellation is carried out at once, past the queue.
      if (!Message.isNotification(message) || message.method !== '$/cancelRequest') this.#unsettled += 1;
      if (this.#unsettled >= this.#limit) this.#socket.pause();
      callback(message);
    } catch (error) {
      this.fireError(error);
    }
  }
}

/** Writes messages; a write resolves when the frame has left for the network, so awaiting it is back-pressure. */
export class WebSocketWriter extends AbstractMessageWriter implements MessageWriter {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    super();
    this.#socket = socket;
  }

  async write(message: Message): Promise<void> {
    await sendFrame(this.#socket, JSON.stringify(message));
  }

  end(): void {
    this.#socket.close();
  }
}

function textOf(data: RawData, isBinary: boolean): string | null {
  // The sockets of both sides keep the default binary type, so the data is one Buffer.
  return isBinary ? null : (data as Buffer).toString('utf8');
}

function parseMessage(text: string | null): Message {
  if (text === null) throw new MalformedMessage(-32600, 'A binary frame is no message.');
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    throw new MalformedMessage(-32700, 'The frame holds no JSON.');
  }
  if (!isMessage(message)) throw new MalformedMessage(-32600, 'The frame holds no JSON-RPC 2.0 message.');
  return message;
}

function isMessage(value: unknown): value is Message {
  const message = value as Message | null;
  if (typeof message !== 'object' || message?.jsonrpc !== '2.0') return false;
  if (Message.isNotification(message)) return hasFittingParams(message);
  return Message.isRequest(message) ? hasFittingParams(message) : Message.isResponse(message);
}

function hasFittingParams({
  method,
  params,
}: {
  readonly method: string;
  readonly params?: unknown;
}): boolean {
  // The library takes the parameters of its own notifications without looking.
  if (method.startsWith('$/')) return typeof params === 'object' && params !== null && !hasOddId(params);
  return params === undefined || (typeof params === 'object' && params !== null);
}

function hasOddId(params: object): boolean {
  return 'id' in params && typeof params.id !== 'string' && typeof params.id !== 'number';
}
