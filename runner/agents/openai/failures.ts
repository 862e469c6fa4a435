// Judges what went wrong with an attempt: may it pass, in which words is it told, which known error is it in the end.
import { APIConnectionError, APIError } from 'openai';
import { KnownError } from '../../../shared/errors/errors.ts';
import { askedWaitOf } from './rateHeaders.ts';

const maxDetailLength = 500;

/** The endpoint stopped in the middle of an answer, or kept silent. */
export class CutAnswer extends Error {
  override readonly name = 'CutAnswer';
}

export interface Failure {
  /** True where the same request may succeed a moment later. */
  readonly mayPass: boolean;
  /** True where the endpoint had taken the request, and may charge for it. */
  readonly mayBeBilled: boolean;
  /** One line for the person who watches. */
  readonly reason: string;
  /** Milliseconds that the endpoint asks to wait; null where it says nothing. */
  readonly askedWaitMs: number | null;
  /** The headers of a refusal that others would meet as well, because a limit is used up; null for anything else. */
  readonly limits: Headers | null;
  /** What to throw if it doesn't pass. */
  readonly error: KnownError;
}

export interface FailurePlace {
  readonly endpoint: string;
  readonly model: string;
  readonly apiKey: string | null;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

/** The judgement on what an attempt threw; what no endpoint can cause is thrown again. */
export function failureOf(caught: unknown, place: FailurePlace): Failure {
  if (caught instanceof CutAnswer) return unreachable(caught.message, caught, place);
  if (caught instanceof APIConnectionError) return unreachable(rootCauseOf(caught), caught, place);
  if (caught instanceof APIError) return refusalOf(caught as APIError, place);
  throw caught;
}

function unreachable(words: string, cause: Error, place: FailurePlace): Failure {
  const detail = tidy(words, place);
  const error = new KnownError('modelUnreachable', { endpoint: place.endpoint, detail }, cause);
  // A connection that never came about carried no request.
  const mayBeBilled = cause instanceof CutAnswer;
  return { mayPass: true, mayBeBilled, reason: detail, askedWaitMs: null, limits: null, error };
}

function refusalOf(refusal: APIError, place: FailurePlace): Failure {
  const status = statusOf(refusal);
  const detail = tidy(refusal.message, place);
  const mayPass = isPassing(status) && refusal.code !== 'insufficient_quota';
  const askedWaitMs = askedWaitOf(refusal.headers, place.nowMs);
  // An overloaded endpoint that says how long asks everybody to wait.
  const isLimit = mayPass && (status === 429 || (status !== null && askedWaitMs !== null));
  return {
    // An error in the middle of a stream has no status: the answer had begun.
    mayBeBilled: status === null,
    mayPass,
    reason: detail,
    askedWaitMs,
    limits: isLimit ? (refusal.headers ?? new Headers()) : null,
    error: knownErrorOf(refusal, status, detail, place),
  };
}

function knownErrorOf(
  refusal: APIError,
  status: number | null,
  detail: string,
  place: FailurePlace,
): KnownError {
  const { endpoint, model } = place;
  if (status === 401 || status === 403) return new KnownError('modelKeyRefused', { endpoint }, refusal);
  if (refusal.code === 'model_not_found') return new KnownError('modelUnknown', { endpoint, model }, refusal);
  if (status === 404) {
    // An endpoint that knows the format explains itself; a bare 404 comes from a wrong address.
    return refusal.error === undefined
      ? new KnownError(
          'modelUnreachable',
          { endpoint, detail: `${detail} – no chat completions there` },
          refusal,
        )
      : new KnownError('modelUnknown', { endpoint, model }, refusal);
  }
  return new KnownError('modelRefused', { endpoint, detail }, refusal);
}

/** The HTTP status; for an error in the middle of a stream the code that it carries, null where it has none. */
function statusOf(refusal: APIError): number | null {
  const code: unknown = refusal.status ?? refusal.code;
  return typeof code === 'number' ? code : null;
}

function isPassing(status: number | null): boolean {
  return status === null || status === 408 || status === 409 || status === 429 || status >= 500;
}

/** The innermost cause names the host and the reason (`connect ECONNREFUSED …`), the outer ones only "fetch failed". */
function rootCauseOf(error: Error): string {
  let root: Error = error;
  while (root.cause instanceof Error) root = root.cause;
  // A host with several addresses fails with one error for each.
  const inner: unknown = root instanceof AggregateError ? root.errors[0] : root;
  return inner instanceof Error && inner.message !== '' ? inner.message : error.message;
}

/** One bounded line without the key, which some endpoints quote when they refuse it. */
function tidy(words: string, { apiKey }: FailurePlace): string {
  const safe = apiKey === null ? words : words.replaceAll(apiKey, '[key]');
  const line = safe.replace(/\s+/g, ' ').trim();
  return line.length > maxDetailLength ? `${line.slice(0, maxDetailLength)}…` : line;
}
