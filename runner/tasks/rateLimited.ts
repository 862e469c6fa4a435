// What a model client throws instead of waiting: the task waits without a place then, and another one takes it.

/** The endpoint lets no call through for a while. Nothing of this call is charged for. */
export class RateLimited extends Error {
  override readonly name = 'RateLimited';
  /** The endpoint's address as it may be shown. */
  readonly endpoint: string;
  readonly waitMs: number;
  /** Refusals in a row, those that the request told of included. */
  readonly refusals: number;

  constructor(limit: { readonly endpoint: string; readonly waitMs: number; readonly refusals: number }) {
    super(`rate limit of ${limit.endpoint}, for ${limit.waitMs} ms`);
    this.endpoint = limit.endpoint;
    this.waitMs = limit.waitMs;
    this.refusals = limit.refusals;
  }
}
