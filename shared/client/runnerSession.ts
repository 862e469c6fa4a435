// One connection to a runner from its handshake to its end: requests with checked results, and what the runner sends.
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  CancellationTokenSource,
  createMessageConnection,
  ErrorCodes,
  NullLogger,
  ResponseError,
  ConnectionError,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import type { WebSocket } from 'ws';
import { z } from 'zod';
import { KnownError } from '../errors/errors.ts';
import { keepAlive } from '../host/webSocketFrames.ts';
import { WebSocketReader, WebSocketWriter } from '../host/webSocketMessages.ts';
import { requestPath } from '../protocol/handshake.ts';
import type { TaskQueue } from '../protocol/queue.ts';
import { parseLeniently } from '../protocol/leniently.ts';
import {
  maxRequestBytes,
  notifications,
  protocolVersion,
  requests,
  type Output,
  type RequestName,
  type RequestParams,
  type RequestResult,
} from '../protocol/requests.ts';
import { errorReportSchema, type TaskEvent } from '../task/events.ts';
import type { Task } from '../task/task.ts';
import type { InitializeResult } from './connectionState.ts';
import type { RunnerAddress } from './runnerAddress.ts';
import { openSocket } from './runnerSocket.ts';

export interface SessionOptions {
  readonly address: RunnerAddress;
  readonly clientName: string;
  readonly clientVersion: string;
  readonly pingIntervalMs: number;
  readonly onEvent: (event: TaskEvent) => void;
  readonly onOutput: (output: Output) => void;
  readonly onQueue: (queue: TaskQueue) => void;
  /** All tasks that the client sees by now, in place of those that it knew. */
  readonly onTasks: (all: { readonly seq: number; readonly tasks: readonly Task[] }) => void;
}

/** A newer runner may know errors that this client does not: its words are as good. */
const reportSchema = z.object({
  ...errorReportSchema.shape,
  code: errorReportSchema.shape.code.catch('internal'),
});

/** Bytes that the frame of a request needs beside its parameters. */
const envelopeBytes = 200;

export class RunnerSession implements Disposable {
  /** Resolves, never rejects, with the reason when the connection has ended in whatever way. */
  readonly ended: Promise<KnownError>;
  readonly #socket: WebSocket;
  readonly #rpc: MessageConnection;
  #failure: KnownError | null = null;

  private constructor(socket: WebSocket, options: SessionOptions) {
    this.#socket = socket;
    const reader = new WebSocketReader(socket);
    this.#rpc = createMessageConnection(reader, new WebSocketWriter(socket), NullLogger, reader.strategies);
    const closed = new Promise<void>((resolve) => {
      socket.once('close', () => resolve());
    });
    this.ended = closed.then(async () => {
      // What came before the end still counts; the library handles one message per turn of the event loop.
      for (let left = reader.unsettled; left >= 0; left -= 1) await nextTurn();
      // Rejects what still waits for an answer.
      this.#rpc.dispose();
      return this.#failure ?? new KnownError('connectionLost');
    });
    this.#rpc.onNotification('event', (event: unknown) =>
      this.#take(notifications.event, event, options.onEvent),
    );
    this.#rpc.onNotification('output', (output: unknown) =>
      this.#take(notifications.output, output, options.onOutput),
    );
    this.#rpc.onNotification('queue', (queue: unknown) =>
      this.#take(notifications.queue, queue, options.onQueue),
    );
    this.#rpc.onNotification('tasks', (all: unknown) =>
      this.#take(notifications.tasks, all, options.onTasks),
    );
    this.#rpc.listen();
    keepAlive(socket, options.pingIntervalMs);
  }

  /**
   * Connects and shakes hands.
   * Throws KnownError as `openSocket` does, and protocolMismatch, connectionLost.
   */
  static async open(
    options: SessionOptions,
    signal: AbortSignal,
  ): Promise<{ readonly session: RunnerSession; readonly runner: InitializeResult }> {
    const session = new RunnerSession(await openSocket(options.address, requestPath, signal), options);
    try {
      const { clientName, clientVersion } = options;
      const runner = await session.request(
        'initialize',
        { protocolVersion, clientName, clientVersion },
        signal,
      );
      if (runner.protocolVersion === protocolVersion) return { session, runner };
      throw new KnownError('protocolMismatch', { theirs: runner.protocolVersion, ours: protocolVersion });
    } catch (error) {
      session[Symbol.dispose]();
      throw error;
    }
  }

  /** Rejects with the runner's own KnownError, with connectionLost, or with the reason of `signal`. */
  async request<Name extends RequestName>(
    name: Name,
    params: RequestParams<Name>,
    signal: AbortSignal,
  ): Promise<RequestResult<Name>> {
    signal.throwIfAborted();
    refuseTooLarge(name, params);
    const cancellation = new CancellationTokenSource();
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const onAbort = (): void => {
      cancellation.cancel();
      reject(signal.reason as Error);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    try {
      const result: unknown = await Promise.race([this.#send(name, params, cancellation), aborted]);
      return checkedResult(name, result);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** Ends the session because of `error`, which `ended` then gives. */
  fail(error: KnownError): void {
    this.#failure ??= error;
    this.#socket.terminate();
  }

  [Symbol.dispose](): void {
    this.#socket.terminate();
  }

  async #send(name: string, params: unknown, cancellation: CancellationTokenSource): Promise<unknown> {
    try {
      return await this.#rpc.sendRequest(name, params, cancellation.token);
    } catch (error) {
      throw requestError(error);
    }
  }

  #take<Value>(schema: z.ZodType<Value>, value: unknown, listener: (value: Value) => void): void {
    const result = parseLeniently(schema, value);
    // What doesn't fit comes from a runner that is newer than it says; leaving it out would show a wrong state.
    if (result.success) listener(result.data);
    else this.fail(new KnownError('protocolMismatch', { theirs: 'a newer dialect', ours: protocolVersion }));
  }
}

/** A larger frame would make the runner cut the whole connection. */
function refuseTooLarge(method: string, params: unknown): void {
  if (Buffer.byteLength(JSON.stringify(params)) + envelopeBytes <= maxRequestBytes) return;
  throw new KnownError('requestInvalid', { method, detail: `it is larger than ${maxRequestBytes} bytes` });
}

function checkedResult<Name extends RequestName>(name: Name, result: unknown): RequestResult<Name> {
  const checked = parseLeniently<z.ZodType>(requests[name].result, result);
  if (checked.success) return checked.data as RequestResult<Name>;
  throw new Error(`The runner’s answer to ${name} does not fit: ${checked.error.message}`);
}

function requestError(error: unknown): unknown {
  if (error instanceof ConnectionError) return new KnownError('connectionLost', {}, error);
  if (!(error instanceof ResponseError)) return error;
  if (error.code === ErrorCodes.PendingResponseRejected || error.code === ErrorCodes.MessageWriteError) {
    return new KnownError('connectionLost', {}, error);
  }
  const report = reportSchema.safeParse(error.data);
  return report.success ? KnownError.fromReport(report.data) : new Error(error.message, { cause: error });
}
