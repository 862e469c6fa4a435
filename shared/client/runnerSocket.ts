// Opens sockets to a runner, and turns each way in which that fails into the error that says what to do.
import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { KnownError } from '../errors/errors.ts';
import { refusalSchema } from '../protocol/handshake.ts';
import { doorUrl, type RunnerAddress } from './runnerAddress.ts';
import { certificateError, trustIn } from './runnerCertificate.ts';

const handshakeTimeoutMs = 5_000;
/** A list of many tasks is the largest message that a runner sends. */
const maxMessageBytes = 256 * 1024 * 1024;
const maxRefusalBytes = 4_096;

/**
 * Opens a socket at one door of the runner. It comes paused, so that no frame is lost: resume it once you listen.
 * The token is sent to a runner with the right certificate only.
 * Throws KnownError runnerUnreachable, certificateUnknown, certificateChanged, tokenMissing, tokenWrong, tokenRevoked,
 * tooManyAttempts.
 */
export async function openSocket(
  address: RunnerAddress,
  path: string,
  signal: AbortSignal,
): Promise<WebSocket> {
  signal.throwIfAborted();
  const trust = await trustIn(address, signal);
  const socket = new WebSocket(doorUrl(address, path, 'ws'), {
    headers: address.token === null ? {} : { authorization: `Bearer ${address.token}` },
    perMessageDeflate: false,
    handshakeTimeout: handshakeTimeoutMs,
    maxPayload: maxMessageBytes,
    ...trust,
  });
  const onAbort = (): void => {
    socket.terminate();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await opened(socket, address, signal);
  } catch (error) {
    socket.terminate();
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
  return socket;
}

async function opened(socket: WebSocket, address: RunnerAddress, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.once('open', () => {
      socket.pause();
      resolve();
    });
    // Stays for the life of the socket: a later error is followed by 'close', which its user listens to.
    socket.on('error', (error) => {
      certificateError(address, error, signal).then(
        (known) => reject(known ?? unreachable(address, detailOf(error), error)),
        reject,
      );
    });
    socket.once('unexpected-response', (_request, response: IncomingMessage) => {
      readRefusal(response).then(
        (body) => reject(refusalError(address, response.statusCode ?? 0, body)),
        reject,
      );
    });
  });
}

async function readRefusal(response: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of response as AsyncIterable<Buffer>) {
    body += chunk.toString();
    if (body.length > maxRefusalBytes) break;
  }
  return body;
}

function refusalError(address: RunnerAddress, status: number, body: string): KnownError {
  const code = refusalCode(body);
  return code === null
    ? unreachable(address, `it answers with HTTP ${status}, so it may not be a runner`)
    : new KnownError(code, { address: address.url });
}

function refusalCode(body: string): KnownError['code'] | null {
  try {
    return refusalSchema.parse(JSON.parse(body)).code;
  } catch {
    // Something else than a runner answers here; its status says enough.
    return null;
  }
}

function unreachable(address: RunnerAddress, detail: string, cause?: unknown): KnownError {
  return new KnownError('runnerUnreachable', { address: address.url, detail }, cause);
}

/** A connection that was tried on several addresses fails with an AggregateError without words of its own. */
function detailOf(error: Error): string {
  const first = error instanceof AggregateError ? (error.errors[0] as Error) : error;
  return first.message === '' ? first.name : first.message;
}
