// One attempt at an answer: sends the request, reads the stream, and gives up on an endpoint that falls silent.
import OpenAI, { APIError } from 'openai';
import type { Watch } from '../../tasks/ports.ts';
import { AnswerAssembly, type AssembledAnswer, type WireChunk } from './answerAssembly.ts';
import { CutAnswer } from './failures.ts';

export interface Connection {
  readonly baseUrl: string;
  readonly apiKey: string | null;
  /** Milliseconds without a byte after which an attempt is given up. */
  readonly silenceTimeoutMs: number;
}

export interface AttemptAnswer extends AssembledAnswer {
  readonly requestBytes: number;
}

export interface AttemptOptions {
  readonly signal: AbortSignal;
  readonly watch: Watch;
  /** Told when the endpoint begins to answer. */
  readonly onAnswer: (headers: Headers) => void;
}

type WireRequest = OpenAI.ChatCompletionCreateParamsStreaming;

/**
 * Asks once. Rejects with the signal's reason when aborted, with CutAnswer for a cut or silent
 * stream, and with the package's APIError for a refusal or a failed connection.
 */
export async function attemptAnswer(
  connection: Connection,
  request: WireRequest,
  options: AttemptOptions,
): Promise<AttemptAnswer> {
  using silence = new SilenceWatch(connection.silenceTimeoutMs);
  const line = new WatchedLine(() => {
    silence.hearByte();
  }, options.onAnswer);
  const signal = AbortSignal.any([options.signal, silence.signal]);
  const assembly = new AnswerAssembly(options.watch);
  try {
    const stream = await packageFor(connection, line).chat.completions.create(request, { signal });
    for await (const chunk of chunksOf(stream)) assembly.add(chunk);
    // The package ends an aborted stream as if it were complete.
    signal.throwIfAborted();
    return { ...assembly.finish(), requestBytes: line.requestBytes };
  } catch (caught) {
    signal.throwIfAborted();
    throw caught;
  }
}

/** The package without anything that it would take from the environment, and without its own retries. */
function packageFor({ baseUrl, apiKey }: Connection, line: WatchedLine): OpenAI {
  return new OpenAI({
    baseURL: baseUrl,
    // The package insists on a key; an endpoint without one must not be sent a made-up one.
    apiKey: apiKey ?? 'none',
    ...(apiKey === null ? { defaultHeaders: { Authorization: null } } : {}),
    adminAPIKey: null,
    organization: null,
    project: null,
    webhookSecret: null,
    logLevel: 'off',
    maxRetries: 0,
    fetch: (url, init) => line.fetch(url, init),
  });
}

async function* chunksOf(stream: AsyncIterable<unknown>): AsyncGenerator<WireChunk> {
  try {
    for await (const chunk of stream) if (typeof chunk === 'object' && chunk !== null) yield chunk;
  } catch (cause) {
    if (cause instanceof APIError) throw cause;
    const isMalformed = cause instanceof SyntaxError;
    const words = isMalformed
      ? 'The endpoint sent a piece that is not JSON.'
      : 'The connection was cut in the middle of the answer.';
    throw new CutAnswer(words, { cause });
  }
}

/** Aborts its signal once nothing was heard for a while. */
class SilenceWatch implements Disposable {
  readonly #controller = new AbortController();
  readonly #timer: NodeJS.Timeout;

  constructor(timeoutMs: number) {
    this.#timer = setTimeout(() => {
      const seconds = Math.round(timeoutMs / 100) / 10;
      this.#controller.abort(new CutAnswer(`The endpoint sent nothing for ${seconds} s.`));
    }, timeoutMs);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  hearByte(): void {
    this.#timer.refresh();
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}

/** A `fetch` that counts what is sent and tells of each piece that arrives, comments that keep a stream alive included. */
class WatchedLine {
  readonly #onBytes: () => void;
  readonly #onAnswer: (headers: Headers) => void;
  requestBytes = 0;

  constructor(onBytes: () => void, onAnswer: (headers: Headers) => void) {
    this.#onBytes = onBytes;
    this.#onAnswer = onAnswer;
  }

  async fetch(url: string | URL | Request, init?: RequestInit): Promise<Response> {
    if (typeof init?.body === 'string') this.requestBytes = Buffer.byteLength(init.body);
    const response = await fetch(url, init);
    this.#onBytes();
    if (!response.ok) return explained(response);
    this.#onAnswer(response.headers);
    if (response.body === null) return response;
    const isPlain = response.headers.get('content-type')?.includes('application/json') === true;
    return isPlain ? asEvents(response) : new Response(this.#heard(response.body), response);
  }

  #heard(body: ReadableStream<Uint8Array<ArrayBuffer>>): ReadableStream<Uint8Array<ArrayBuffer>> {
    const onBytes = this.#onBytes;
    return body.pipeThrough(
      new TransformStream({
        transform(bytes: Uint8Array<ArrayBuffer>, controller) {
          onBytes();
          controller.enqueue(bytes);
        },
      }),
    );
  }
}

/** Some endpoints explain a refusal in a form of their own, which the package would drop. */
async function explained(response: Response): Promise<Response> {
  if (response.status !== 400 && response.status !== 422) return response;
  const text = await response.text();
  const body = hasError(text) ? text : JSON.stringify({ error: { message: text } });
  return new Response(body, { status: response.status, headers: response.headers });
}

function hasError(text: string): boolean {
  try {
    const body: unknown = JSON.parse(text);
    return typeof body === 'object' && body !== null && 'error' in body;
  } catch {
    return false;
  }
}

/** The answer of an endpoint that doesn't stream, as a stream of one event. */
async function asEvents(response: Response): Promise<Response> {
  const answer: unknown = await response.json();
  return new Response(`data: ${JSON.stringify(answer)}\n\ndata: [DONE]\n\n`);
}
