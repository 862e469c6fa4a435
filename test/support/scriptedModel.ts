// The scripted model: a real HTTP server on loopback that speaks OpenAI's chat completions and answers from a script.
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** The name under which the scripted model presents itself. */
export const scriptedModelName = 'nightjar-scripted';

/** A tool call of a step; text as `arguments` is sent as it is, `id: null` leaves the id out. */
export interface ScriptedCall {
  readonly name: string;
  readonly arguments: object | string;
  readonly id?: string | null;
}

export interface Reply {
  readonly say?: string;
  readonly calls?: readonly ScriptedCall[];
  /** Null for an endpoint that doesn't count; without it the tokens are estimated. */
  readonly usage?: { readonly input: number; readonly cached?: number; readonly output: number } | null;
  /** Milliseconds before the first byte. */
  readonly delayMs?: number;
  /** The first byte waits until it resolves: so a test holds a task in its state for as long as it looks at it. */
  readonly after?: Promise<unknown>;
  /** Milliseconds between two pieces of the stream. */
  readonly chunkDelayMs?: number;
  /** Answers with one JSON document although a stream was asked for. */
  readonly isPlain?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  /** Told when so many pieces of the stream have left. */
  readonly onPiece?: (pieces: number) => void;
}

export type Step =
  | Reply
  | { readonly fail: number; readonly body?: unknown; readonly headers?: Readonly<Record<string, string>> }
  /** `beforeFinish` ends the stream in good order, but without a `finish_reason`. */
  | { readonly cut: 'beforeFirstByte' | 'midStream' | 'beforeFinish' }
  /** Accepts the request and never answers; `afterFirstPiece` falls silent in the middle. */
  | { readonly hang: true | 'afterFirstPiece' }
  | { readonly malformedJson: true };

/** The part of a request's body that scripts choose by. */
export interface Conversation {
  readonly model: string;
  readonly stream?: boolean;
  readonly max_completion_tokens?: number;
  readonly messages: readonly {
    readonly role: string;
    readonly content?: string | null;
    readonly tool_call_id?: string;
    readonly tool_calls?: readonly { id: string; function: { name: string; arguments: string } }[];
  }[];
  readonly tools?: readonly { readonly function: { readonly name: string } }[];
}

/** Steps in the order of the requests, or a choice by content so that several tasks can share one server. */
export type Script = readonly Step[] | ((conversation: Conversation) => Step);

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Conversation;
  readonly bodyBytes: number;
  /** True once the client went away before its answer was complete. */
  isCutByClient: boolean;
}

export interface ScriptedModel extends AsyncDisposable {
  /** Base URL with `/v1`. */
  readonly url: string;
  /** Chat requests in the order of their arrival. */
  readonly requests: readonly RecordedRequest[];
}

export interface ScriptedModelOptions {
  readonly script: Script;
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Requests without it get 401. */
  readonly requiredKey?: string;
  /** Other models get 404; without it every name is taken. */
  readonly knownModels?: readonly string[];
}

/** Starts the server; disposing it cuts what is still open. */
export async function startScriptedModel(options: ScriptedModelOptions): Promise<ScriptedModel> {
  const requests: RecordedRequest[] = [];
  const closing = new AbortController();
  const chooseStep = typeof options.script === 'function' ? options.script : inOrder(options.script);
  const server = createServer((request, response) => {
    serve(request, response, { options, requests, chooseStep, signal: closing.signal }).catch(
      (error: unknown) => {
        if (!closing.signal.aborted) sendError(response, 500, `The script failed: ${String(error)}`);
      },
    );
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    async [Symbol.asyncDispose]() {
      closing.abort();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/** Put into a message, it makes `byTurn` go on counting from `turn` there: for conversations that were compacted. */
export function turnMarker(turn: number): string {
  return `[scripted turn ${turn}]`;
}

/**
 * Answers the nth turn of each conversation with the nth step, known by the assistant's messages in it: so neither
 * a restart nor several tasks at once lose the place. Several steps for a turn are taken one an attempt, the last stays.
 */
export function byTurn(steps: readonly (Step | readonly Step[])[]): (conversation: Conversation) => Step {
  const attempts = new Map<string, number>();
  return (conversation) => {
    const turn = turnOf(conversation);
    const step = steps[turn];
    if (step === undefined) return scriptIsOver(turn);
    if (!Array.isArray(step)) return step as Step;
    const key = createHash('sha256').update(JSON.stringify(conversation.messages)).digest('hex');
    const attempt = attempts.get(key) ?? 0;
    attempts.set(key, attempt + 1);
    const choices = step as readonly Step[];
    return choices[Math.min(attempt, choices.length - 1)] ?? scriptIsOver(turn);
  };
}

function turnOf({ messages }: Conversation): number {
  let turn = 0;
  for (const { role, content } of messages) {
    if (role === 'assistant') turn += 1;
    const marker = [...(content ?? '').matchAll(/\[scripted turn (\d+)\]/g)].at(-1);
    if (marker !== undefined) turn = Number(marker[1]);
  }
  return turn;
}

function inOrder(steps: readonly Step[]): (conversation: Conversation) => Step {
  let next = 0;
  return () => steps[next++] ?? scriptIsOver(next - 1);
}

function scriptIsOver(turn: number): Step {
  return { fail: 400, body: { error: { message: `The script has no step ${turn}.`, code: 'script_over' } } };
}

interface Serving {
  readonly options: ScriptedModelOptions;
  readonly requests: RecordedRequest[];
  readonly chooseStep: (conversation: Conversation) => Step;
  readonly signal: AbortSignal;
}

async function serve(request: IncomingMessage, response: ServerResponse, serving: Serving): Promise<void> {
  const { requiredKey, knownModels } = serving.options;
  if (requiredKey !== undefined && request.headers.authorization !== `Bearer ${requiredKey}`) {
    sendError(response, 401, `Incorrect API key provided: ${request.headers.authorization ?? 'none'}`);
    return;
  }
  if (request.method === 'GET' && request.url === '/v1/models') {
    const names = knownModels ?? [scriptedModelName];
    sendJson(response, 200, { object: 'list', data: names.map((id) => ({ id, object: 'model' })) });
    return;
  }
  if (request.method !== 'POST' || request.url !== '/v1/chat/completions') {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('404 page not found');
    return;
  }
  const recorded = await record(request, response);
  serving.requests.push(recorded);
  const { body } = recorded;
  if (knownModels !== undefined && !knownModels.includes(body.model)) {
    sendError(response, 404, `The model ${body.model} does not exist`, 'model_not_found');
    return;
  }
  await play(serving.chooseStep(body), recorded, response, serving.signal);
}

async function record(request: IncomingMessage, response: ServerResponse): Promise<RecordedRequest> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const bytes = Buffer.concat(pieces);
  const recorded: RecordedRequest = {
    method: request.method ?? '',
    path: request.url ?? '',
    headers: request.headers,
    body: JSON.parse(bytes.toString('utf8')) as Conversation,
    bodyBytes: bytes.length,
    isCutByClient: false,
  };
  response.on('close', () => {
    recorded.isCutByClient = !response.writableFinished;
  });
  return recorded;
}

async function play(
  step: Step,
  { body, bodyBytes }: RecordedRequest,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  if ('fail' in step) {
    const failure = step.body ?? { error: { message: `Scripted failure ${step.fail}` } };
    sendJson(response, step.fail, failure, step.headers);
  } else if ('hang' in step) {
    if (step.hang === 'afterFirstPiece')
      startStream(response).write(piece(body.model, { content: 'Let me ' }));
  } else if ('malformedJson' in step) {
    startStream(response).end('data: {"choices":[{"delta":{"content":"broken\n\ndata: [DONE]\n\n');
  } else if ('cut' in step) {
    await cut(step.cut, body.model, response);
  } else {
    if (step.after !== undefined) await Promise.race([step.after, once(signal, 'abort')]);
    if (step.delayMs !== undefined) await delay(step.delayMs, undefined, { signal });
    response.setHeaders(new Headers(step.headers));
    if (body.stream !== true || step.isPlain === true) {
      sendJson(response, 200, plainAnswer(step, body, bodyBytes));
    } else await stream(step, body, bodyBytes, response, signal);
  }
}

async function cut(
  where: 'beforeFirstByte' | 'midStream' | 'beforeFinish',
  model: string,
  response: ServerResponse,
): Promise<void> {
  if (where === 'beforeFirstByte') {
    response.destroy();
    return;
  }
  startStream(response);
  await new Promise((resolve) => response.write(piece(model, { content: 'I was just about to' }), resolve));
  if (where === 'midStream') response.destroy();
  else response.end('data: [DONE]\n\n');
}

async function stream(
  reply: Reply,
  conversation: Conversation,
  bodyBytes: number,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  startStream(response);
  for (const [index, delta] of deltasOf(reply, conversation).entries()) {
    if (response.destroyed) return;
    const hasLeft = reply.onPiece === undefined ? undefined : () => reply.onPiece?.(index + 1);
    response.write(piece(conversation.model, delta), hasLeft);
    if (reply.chunkDelayMs !== undefined) await delay(reply.chunkDelayMs, undefined, { signal });
  }
  response.write(piece(conversation.model, {}, finishReasonOf(reply)));
  if (reply.usage !== null) {
    response.write(event({ ...envelope(conversation.model), choices: [], usage: usageOf(reply, bodyBytes) }));
  }
  response.end('data: [DONE]\n\n');
}

/** The pieces that a real endpoint would send: a role, some words at a time, arguments in two halves. */
function deltasOf(reply: Reply, conversation: Conversation): object[] {
  const words = (reply.say ?? '').match(/\S*\s*/g)?.filter((word) => word !== '') ?? [];
  const calls = callsOf(reply, conversation).flatMap((call, index) => {
    const { name, arguments: written } = call.function;
    const middle = Math.floor(written.length / 2);
    return [
      { tool_calls: [{ index, ...call, function: { name, arguments: '' } }] },
      { tool_calls: [{ index, function: { arguments: written.slice(0, middle) } }] },
      { tool_calls: [{ index, function: { arguments: written.slice(middle) } }] },
    ];
  });
  return [{ role: 'assistant', content: '' }, ...words.map((content) => ({ content })), ...calls];
}

function plainAnswer(reply: Reply, conversation: Conversation, bodyBytes: number): object {
  const calls = callsOf(reply, conversation);
  const message = {
    role: 'assistant',
    content: reply.say ?? null,
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
  return {
    ...envelope(conversation.model),
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason: finishReasonOf(reply) }],
    ...(reply.usage === null ? {} : { usage: usageOf(reply, bodyBytes) }),
  };
}

function callsOf(reply: Reply, conversation: Conversation) {
  return (reply.calls ?? []).map((call, index) => ({
    ...(call.id === null ? {} : { id: call.id ?? `call_${turnOf(conversation)}_${index}` }),
    type: 'function',
    function: {
      name: call.name,
      arguments: typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments),
    },
  }));
}

function finishReasonOf(reply: Reply): string {
  return (reply.calls ?? []).length > 0 ? 'tool_calls' : 'stop';
}

function usageOf(reply: Reply, bodyBytes: number): object {
  const written = (reply.say ?? '').length + JSON.stringify(reply.calls ?? []).length;
  const {
    input,
    cached = 0,
    output,
  } = reply.usage ?? {
    input: Math.ceil(bodyBytes / 4),
    output: Math.ceil(written / 4),
  };
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cached },
  };
}

function envelope(model: string): object {
  return { id: 'chatcmpl-scripted', object: 'chat.completion.chunk', created: 0, model };
}

function piece(model: string, delta: object, finishReason: string | null = null): string {
  return event({ ...envelope(model), choices: [{ index: 0, delta, finish_reason: finishReason }] });
}

function event(data: object): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

function startStream(response: ServerResponse): ServerResponse {
  return response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
}

function sendError(
  response: ServerResponse,
  status: number,
  message: string,
  code: string | null = null,
): void {
  sendJson(response, status, { error: { message, type: 'scripted', code } });
}

function sendJson(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
