// Frames of a WebSocket with back-pressure in both directions, and the sign of life of its other side.
import { on } from 'node:events';
import type { RawData, WebSocket } from 'ws';
import { KnownError } from '../errors/errors.ts';

export interface Frame {
  readonly data: Buffer;
  readonly isBinary: boolean;
}

/** Frames that may wait until the socket is told to pause. */
const waitingFrames = 4;

/**
 * The frames as they come, until the socket closes. Listens from the call on, not from the first `next()`.
 * Aborting rejects with the signal's reason as cause.
 */
export function framesOf(socket: WebSocket, signal: AbortSignal): AsyncIterable<Frame> {
  const messages = on(socket, 'message', {
    signal,
    close: ['close'],
    highWaterMark: waitingFrames,
    lowWaterMark: 1,
  });
  socket.resume();
  return toFrames(messages);
}

async function* toFrames(messages: AsyncIterable<unknown[]>): AsyncGenerator<Frame, void, undefined> {
  // The sockets of both sides keep the default binary type, so the data is one Buffer.
  for await (const [data, isBinary] of messages as AsyncIterable<[RawData, boolean]>) {
    yield { data: data as Buffer, isBinary };
  }
}

/** Sends a frame, text or bytes; resolves when it has left for the network. Throws KnownError connectionLost. */
export async function sendFrame(socket: WebSocket, data: string | Uint8Array): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    socket.send(data, (error) => {
      if (error) reject(new KnownError('connectionLost', {}, error));
      else resolve();
    });
  });
}

/** Pings the other side; cuts the socket when nothing at all came for a whole interval. Ends with the socket. */
export function keepAlive(socket: WebSocket, intervalMs: number): void {
  let isAlive = true;
  const onSign = (): void => {
    isAlive = true;
  };
  socket.on('pong', onSign).on('message', onSign).on('ping', onSign);
  const timer = setInterval(() => {
    if (!isAlive) {
      socket.terminate();
      return;
    }
    isAlive = false;
    socket.ping();
  }, intervalMs);
  socket.once('close', () => clearInterval(timer));
}
