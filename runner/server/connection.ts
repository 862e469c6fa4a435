// One client on the request socket: its handshake, its requests, its place in the event log.
import {
  createMessageConnection,
  NullLogger,
  type CancellationToken,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import type { WebSocket } from 'ws';
import { KnownError } from '../../shared/errors/errors.ts';
import { keepAlive, sendFrame } from '../../shared/host/webSocketFrames.ts';
import { MalformedMessage, WebSocketReader, WebSocketWriter } from '../../shared/host/webSocketMessages.ts';
import {
  protocolVersion,
  requests,
  type CheckedParams,
  type Output,
  type RequestName,
  type RequestResult,
} from '../../shared/protocol/requests.ts';
import { includesScope } from '../../shared/protocol/scopes.ts';
import { mayOwn, storeIdOf, type Caller } from '../tasks/access.ts';
import type { EventLog, Handlers, OutputSource, QueueSource, RunnerDescription } from './ports.ts';
import { QueueFlow } from './queueFlow.ts';
import { requestInvalid, responseErrorOf } from './requestErrors.ts';
import { Subscription } from './subscription.ts';
import { TaskView } from './taskView.ts';
import type { Tokens } from './tokens.ts';
import type { TransferDesk } from './transfers.ts';

/** Requests of one client that may be under way at once; more wait in the client's own memory. */
const maxRequestsUnderWay = 64;
/** Bytes waiting for the network above which events wait in the log, output is dropped and the queue is told later. */
const fullBytes = 256 * 1024;
/** WebSocket close code for a broken rule. Source: RFC 6455, section 7.4.1. */
const policyViolation = 1008;

export interface ConnectionContext {
  readonly handlers: Handlers;
  readonly log: EventLog;
  readonly outputs: OutputSource;
  readonly queue: QueueSource;
  readonly desk: TransferDesk;
  readonly tokens: Tokens;
  readonly describeRunner: () => RunnerDescription;
  readonly logBug: (error: unknown) => void;
  readonly handshakeTimeoutMs: number;
  readonly pingIntervalMs: number;
}

type Answers = {
  readonly [Name in RequestName]: (
    params: CheckedParams<Name>,
    signal: AbortSignal,
    caller: Caller,
  ) => RequestResult<Name> | Promise<RequestResult<Name>>;
};

/** Serves one client until its socket closes. */
export class ClientConnection {
  readonly #socket: WebSocket;
  readonly #caller: Caller;
  readonly #view: TaskView;
  readonly #context: ConnectionContext;
  readonly #rpc: MessageConnection;
  readonly #answers: Answers;
  readonly #subscription: Subscription;
  readonly #queueFlow: QueueFlow;
  readonly #stopOutput: () => void;
  readonly #closed = new AbortController();
  #isInitialized = false;
  #followedTask: string | null = null;

  constructor(socket: WebSocket, caller: Caller, context: ConnectionContext) {
    this.#socket = socket;
    this.#caller = caller;
    this.#view = new TaskView(context.log, caller);
    this.#context = context;
    this.#answers = this.#allAnswers();
    const reader = new WebSocketReader(socket, maxRequestsUnderWay);
    this.#rpc = createMessageConnection(reader, new WebSocketWriter(socket), NullLogger, reader.strategies);
    this.#subscription = new Subscription(context.log, this.#view, {
      send: async (event) => this.#rpc.sendNotification('event', event),
      sendAllAnew: async (all) => this.#rpc.sendNotification('tasks', all),
      isFull: () => socket.bufferedAmount > fullBytes,
      fail: (error) => this.#fail(error),
    });
    const { queue } = context;
    const seenQueue = {
      current: () => this.#view.queue(queue),
      onChange: (listener: () => void) => queue.onChange(listener),
    };
    this.#queueFlow = new QueueFlow(seenQueue, {
      send: (seen) => void this.#rpc.sendNotification('queue', seen).catch(() => undefined),
      isFull: () => socket.bufferedAmount > fullBytes,
    });
    this.#stopOutput = context.outputs.onOutput((output) => this.#passOn(output));
    const handshakeTimer = setTimeout(() => {
      if (!this.#isInitialized) socket.close(policyViolation, 'initialize did not come in time');
    }, context.handshakeTimeoutMs);
    socket.once('close', () => {
      clearTimeout(handshakeTimer);
      this.#release();
    });
  }

  /** Begins to serve; the connection ends with its socket. */
  listen(): void {
    this.#rpc.onRequest(async (method, params, token) => this.#answer(method, params, token));
    this.#rpc.onError(([error]) => this.#refuseMalformed(error));
    this.#rpc.listen();
    keepAlive(this.#socket, this.#context.pingIntervalMs);
  }

  #release(): void {
    this.#closed.abort();
    this.#subscription[Symbol.dispose]();
    this.#queueFlow[Symbol.dispose]();
    this.#stopOutput();
    this.#rpc.dispose();
  }

  async #answer(method: string, params: unknown, token: CancellationToken): Promise<unknown> {
    const cancelled = new AbortController();
    token.onCancellationRequested(() => cancelled.abort());
    const signal = AbortSignal.any([cancelled.signal, this.#closed.signal]);
    try {
      return await this.#carryOut(method, params, signal);
    } catch (error) {
      return responseErrorOf(method, error, signal.aborted, this.#context.logBug);
    }
  }

  #carryOut(method: string, params: unknown, signal: AbortSignal): unknown {
    if (!isRequestName(method)) throw new KnownError('methodUnknown', { method });
    if (!this.#isInitialized && method !== 'initialize') {
      throw new KnownError('requestInvalid', { method, detail: 'the first request must be initialize' });
    }
    this.#refuseBeyondScope(method);
    const checked = requests[method].params.safeParse(params);
    if (!checked.success) throw requestInvalid(method, checked.error);
    this.#refuseOthersTask(method, checked.data);
    // The parameters have just been checked by the schema of this very method.
    const answer = this.#answers[method] as (params: unknown, signal: AbortSignal, caller: Caller) => unknown;
    return answer(checked.data, signal, this.#caller);
  }

  #refuseBeyondScope(method: RequestName): void {
    const [{ scope: has }, { scope: needed }] = [this.#caller, requests[method]];
    if (!includesScope(has, needed)) throw new KnownError('scopeTooSmall', { method, has, needed });
  }

  /** A task that the caller does not see is to them as one that is not there. */
  #refuseOthersTask(method: RequestName, params: object): void {
    const taskId = 'taskId' in params ? params.taskId : null;
    if (typeof taskId !== 'string') return;
    const task = this.#view.task(taskId);
    if (task === undefined) throw new KnownError('taskUnknown', { task: taskId });
    const { owner = 'whoever runs the runner' } = task;
    if ('isForOwner' in requests[method] && !mayOwn(this.#caller, task))
      throw new KnownError('notYourTask', { task: taskId, owner });
  }

  /** The handlers, and beside them what belongs to the connection itself. */
  #allAnswers(): Answers {
    const { handlers, desk, tokens } = this.#context;
    return {
      ...handlers,
      initialize: (params) => this.#initialize(params),
      'tasks/list': () => {
        const { seq, tasks } = this.#view.snapshot();
        return { seq, tasks: [...tasks] };
      },
      'events/subscribe': (params) => this.#subscribe(params),
      'output/follow': ({ taskId }) => {
        this.#followedTask = taskId;
        return {};
      },
      'bundles/upload': (params, _, caller) => {
        const repositoryId = storeIdOf(params.repositoryId, caller.name);
        return desk.announceUpload({ ...params, repositoryId }, caller);
      },
      'bundles/download': (params, signal, caller) => desk.prepareDownload(params, caller, signal),
      'tokens/create': async ({ name, scope }) => ({ token: await tokens.create(name, scope, new Date()) }),
      'tokens/list': () => ({ tokens: tokens.list() }),
      'tokens/revoke': async ({ name }) => {
        await tokens.revoke(name, new Date());
        return {};
      },
    };
  }

  #initialize(params: CheckedParams<'initialize'>): RequestResult<'initialize'> {
    if (params.protocolVersion !== protocolVersion) {
      throw new KnownError('protocolMismatch', { theirs: protocolVersion, ours: params.protocolVersion });
    }
    this.#isInitialized = true;
    return { protocolVersion, ...this.#context.describeRunner() };
  }

  #subscribe({ after }: CheckedParams<'events/subscribe'>): RequestResult<'events/subscribe'> {
    this.#subscription.stop();
    this.#queueFlow.begin();
    const { seq, tasks } = this.#view.snapshot();
    // The answer is written before the timers' next turn, so no event overtakes it.
    setImmediate(() => {
      if (!this.#closed.signal.aborted) this.#subscription.flowFrom(after ?? seq);
    });
    return { seq, tasks: after === null ? [...tasks] : null };
  }

  /** Output is for watching: a client that is slow to take it misses some. */
  #passOn(output: Output): void {
    if (output.taskId !== this.#followedTask || this.#socket.bufferedAmount > fullBytes) return;
    // It may be shared no longer.
    if (!this.#view.sees(output.taskId)) return;
    this.#rpc.sendNotification('output', output).catch(() => undefined);
  }

  #refuseMalformed(error: Error): void {
    // A flood whose sender takes no answers must not pile them up here.
    if (!(error instanceof MalformedMessage) || this.#socket.bufferedAmount > fullBytes) return;
    const { code, message } = error;
    const answer = JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message } });
    sendFrame(this.#socket, answer).catch(() => undefined);
  }

  #fail(error: unknown): void {
    // A client that has gone is no bug.
    if (!(error instanceof KnownError)) this.#context.logBug(error);
    this.#socket.terminate();
  }
}

function isRequestName(method: string): method is RequestName {
  return Object.hasOwn(requests, method);
}
