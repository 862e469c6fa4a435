// The one error class for what a person or a caller can meet; everything else thrown is a bug.
import { errorCatalogue, type ErrorCode, type ErrorDetails } from './catalogue.ts';

/** An error as it travels in events and over the wire: complete sentences, no stack. */
export interface ErrorReport {
  readonly code: ErrorCode;
  readonly message: string;
  readonly remedy: string;
  readonly mayRetry: boolean;
}

/**
 * A failure from the catalogue.
 * `details` fill the places in the row's texts; `cause` keeps what was caught.
 */
export class KnownError extends Error {
  override readonly name = 'KnownError';
  readonly code: ErrorCode;
  readonly remedy: string;
  readonly mayRetry: boolean;

  constructor(code: ErrorCode, details: ErrorDetails = {}, cause?: unknown) {
    const row = errorCatalogue[code];
    super(asSentence(fill(row.message, details)), cause === undefined ? undefined : { cause });
    this.code = code;
    this.remedy = fill(row.remedy, details);
    this.mayRetry = row.mayRetry;
  }

  /** The error as data, for events and for the wire. */
  toReport(): ErrorReport {
    return { code: this.code, message: this.message, remedy: this.remedy, mayRetry: this.mayRetry };
  }

  /** The error that a report from the other side stands for, texts kept as they came. */
  static fromReport(report: ErrorReport): KnownError {
    const error = new KnownError(report.code);
    return Object.assign(error, { message: report.message, remedy: report.remedy });
  }
}

export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(errorCatalogue, value);
}

/** Message and remedy as one line for a person; a bug shows as its bare message. */
export function sentenceOf(error: unknown): string {
  if (error instanceof KnownError) return `${error.message} ${error.remedy}`;
  return error instanceof Error ? error.message : String(error);
}

/** True for the rejection that an aborted signal causes: cancellation is not an error. */
export function isCancellation(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'CanceledError');
}

/** Details end as they like; what follows them is another sentence. */
function asSentence(text: string): string {
  return /[.!?…:]\s*$/.test(text) ? text.trimEnd() : `${text}.`;
}

function fill(text: string, details: ErrorDetails): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => String(details[name] ?? place));
}
