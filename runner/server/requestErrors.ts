// Turns whatever goes wrong in a request into the one form in which a client is told of it.
import { ErrorCodes, ResponseError } from 'vscode-jsonrpc/node';
import type { z } from 'zod';
import { isCancellation, KnownError, type ErrorReport } from '../../shared/errors/errors.ts';

/** JSON-RPC's range for errors of an application begins here. */
const applicationError = -32000;
/** The code that the language server protocol has for this. */
const requestCancelled = -32800;

/** The answer to a failed request. Bugs go to `logBug`; the client gets a plain sentence and no stack. */
export function responseErrorOf(
  method: string,
  error: unknown,
  isAborted: boolean,
  logBug: (error: unknown) => void,
): ResponseError<ErrorReport | undefined> {
  if (error instanceof KnownError)
    return new ResponseError(rpcCodeOf(error), error.message, error.toReport());
  if (isAborted && isCancellation(error))
    return new ResponseError(requestCancelled, 'The request was cancelled.');
  logBug(error);
  return new ResponseError(ErrorCodes.InternalError, `The runner failed at ${method}; its log tells more.`);
}

/** What doesn't fit in a request's parameters, naming the field. */
export function requestInvalid(method: string, error: z.ZodError): KnownError {
  const issue = error.issues[0];
  const field = issue === undefined || issue.path.length === 0 ? 'params' : issue.path.join('.');
  return new KnownError('requestInvalid', {
    method,
    detail: `${field}: ${issue?.message ?? 'does not fit'}`,
  });
}

function rpcCodeOf(error: KnownError): number {
  if (error.code === 'methodUnknown') return ErrorCodes.MethodNotFound;
  return error.code === 'requestInvalid' ? ErrorCodes.InvalidParams : applicationError;
}
