// Puts the pieces of a streamed answer together, lenient towards endpoints that bend the format.
import { randomUUID } from 'node:crypto';
import type { ToolCall, Usage } from '../../../shared/task/events.ts';
import type { Watch } from '../../tasks/ports.ts';
import { CutAnswer } from './failures.ts';

/** A piece as endpoints really send it: any field may be missing; one that doesn't stream sends `message`. */
export interface WireChunk {
  readonly choices?: readonly {
    readonly delta?: WireDelta | null;
    readonly message?: WireDelta | null;
    readonly finish_reason?: string | null;
  }[];
  readonly usage?: {
    readonly prompt_tokens?: number | null;
    readonly completion_tokens?: number | null;
    readonly prompt_tokens_details?: { readonly cached_tokens?: number | null } | null;
  } | null;
}

interface WireDelta {
  readonly content?: string | null;
  readonly refusal?: string | null;
  readonly tool_calls?: readonly WireCall[] | null;
}

interface WireCall {
  readonly index?: number | null;
  readonly id?: string | null;
  readonly function?: { readonly name?: string | null; readonly arguments?: unknown } | null;
}

export interface AssembledAnswer {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  /** Null where the endpoint did not count. */
  readonly usage: Usage | null;
}

interface OpenCall {
  readonly index: number | null;
  id: string;
  name: string;
  arguments: string;
}

export class AnswerAssembly {
  readonly #watch: Watch;
  readonly #calls: OpenCall[] = [];
  #text = '';
  #usage: Usage | null = null;
  #isFinished = false;

  constructor(watch: Watch) {
    this.#watch = watch;
  }

  add(chunk: WireChunk): void {
    this.#usage = usageOf(chunk.usage) ?? this.#usage;
    const choice = chunk.choices?.[0];
    if (choice === undefined) return;
    const delta = choice.delta ?? choice.message;
    this.#addText(delta?.content ?? delta?.refusal ?? '');
    for (const call of delta?.tool_calls ?? []) this.#addCall(call);
    if (typeof choice.finish_reason === 'string') this.#isFinished = true;
  }

  /** The whole answer. Throws CutAnswer where the stream ended before the model did. */
  finish(): AssembledAnswer {
    if (!this.#isFinished) throw new CutAnswer('The answer ended before the model had finished.');
    return { text: this.#text, toolCalls: withOwnIds(this.#calls), usage: this.#usage };
  }

  #addText(text: string): void {
    if (text === '') return;
    this.#text += text;
    this.#watch(text);
  }

  #addCall(piece: WireCall): void {
    const call = this.#callOf(piece);
    call.id ||= piece.id ?? '';
    call.name ||= piece.function?.name ?? '';
    const written = piece.function?.arguments ?? '';
    call.arguments += typeof written === 'string' ? written : JSON.stringify(written);
  }

  /** The call that a piece belongs to: the one of its index, else the last. */
  #callOf(piece: WireCall): OpenCall {
    const index = piece.index ?? null;
    const known = this.#calls.findLast((call) => index === null || call.index === index);
    // Some endpoints number all calls 0: another id together with a name begins another call all the same.
    const hasOtherId = Boolean(piece.id) && piece.id !== known?.id && Boolean(piece.function?.name);
    if (known !== undefined && !hasOtherId) return known;
    const call = { index, id: '', name: '', arguments: '' };
    this.#calls.push(call);
    return call;
  }
}

/** Calls whose ids are there and differ: each tool's answer must find its call. */
function withOwnIds(calls: readonly OpenCall[]): ToolCall[] {
  const taken = new Set<string>();
  return calls.map(({ id, name, arguments: written }) => {
    const ownId = id === '' || taken.has(id) ? `call-${randomUUID()}` : id;
    taken.add(ownId);
    return { id: ownId, name, arguments: written };
  });
}

function usageOf(usage: WireChunk['usage']): Usage | null {
  if (typeof usage?.prompt_tokens !== 'number') return null;
  return {
    inputTokens: usage.prompt_tokens,
    cachedTokens: usage.prompt_tokens_details?.cached_tokens ?? 0,
    outputTokens: usage.completion_tokens ?? 0,
  };
}
