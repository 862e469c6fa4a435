// Ships the bytes of bundles to and from a runner, on a socket of their own.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { WebSocket } from 'ws';
import { KnownError } from '../errors/errors.ts';
import { framesOf, keepAlive, sendFrame, type Frame } from '../host/webSocketFrames.ts';
import { bundlePath } from '../protocol/handshake.ts';
import { bundleFrameBytes } from '../protocol/requests.ts';
import { transferAnswerSchema, transferEnd } from '../protocol/transfers.ts';
import type { RunnerAddress } from './runnerAddress.ts';
import { openSocket } from './runnerSocket.ts';

const pingIntervalMs = 20_000;

export interface DownloadTarget {
  /** Absolute path; must not exist yet, and is the caller's to remove. */
  readonly file: string;
  readonly sizeBytes: number;
  /** Hex. */
  readonly sha256: string;
}

/**
 * Sends `file` as the announced transfer and waits until the runner has taken it in.
 * Throws KnownError bundleCutShort, bundleCorrupted, bundleTooLarge, diskFull as the runner found it, connectionLost.
 */
export async function sendBundle(
  address: RunnerAddress,
  transferId: string,
  file: string,
  options: { readonly onProgress: (sentBytes: number) => void },
  signal: AbortSignal,
): Promise<void> {
  await withTransferSocket(address, transferId, signal, async (socket) => {
    const [answered, sent] = await Promise.allSettled([
      readAnswer(framesOf(socket, signal)),
      sendFile(socket, file, options.onProgress),
    ]);
    // A refusal in the middle of the bytes also ends the sending: then the refusal is what counts.
    if (sent.status === 'rejected' && !(sent.reason instanceof KnownError)) throw sent.reason;
    if (answered.status === 'rejected') throw answered.reason;
  });
}

/**
 * Receives a prepared transfer into `file`, and checks that it is what was announced.
 * Throws KnownError bundleCutShort, bundleCorrupted, connectionLost.
 */
export async function receiveBundle(
  address: RunnerAddress,
  transferId: string,
  target: DownloadTarget,
  signal: AbortSignal,
): Promise<void> {
  await withTransferSocket(address, transferId, signal, async (socket) => {
    const frames = framesOf(socket, signal);
    await using file = await open(target.file, 'wx', 0o600);
    const hash = createHash('sha256');
    let receivedBytes = 0;
    for await (const frame of frames) {
      if (!frame.isBinary) {
        throwRefusal(frame);
        break;
      }
      receivedBytes += frame.data.length;
      if (receivedBytes > target.sizeBytes)
        throw new KnownError('bundleCorrupted', { detail: 'it is too long' });
      hash.update(frame.data);
      await file.writeFile(frame.data);
    }
    if (receivedBytes < target.sizeBytes) {
      throw new KnownError('bundleCutShort', { received: receivedBytes, expected: target.sizeBytes });
    }
    if (hash.digest('hex') !== target.sha256) {
      throw new KnownError('bundleCorrupted', { detail: 'its SHA-256 is not the announced one' });
    }
  });
}

/** Opens the socket of a transfer for `work` and makes sure that it is gone afterwards. */
async function withTransferSocket(
  address: RunnerAddress,
  transferId: string,
  signal: AbortSignal,
  work: (socket: WebSocket) => Promise<void>,
): Promise<void> {
  const socket = await openSocket(address, bundlePath(transferId), signal);
  keepAlive(socket, pingIntervalMs);
  const onAbort = (): void => {
    socket.terminate();
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    await work(socket);
    socket.close();
  } catch (error) {
    socket.terminate();
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

async function sendFile(
  socket: WebSocket,
  file: string,
  onProgress: (sentBytes: number) => void,
): Promise<void> {
  let sentBytes = 0;
  try {
    for await (const chunk of createReadStream(file, {
      highWaterMark: bundleFrameBytes,
    }) as AsyncIterable<Buffer>) {
      await sendFrame(socket, chunk);
      sentBytes += chunk.length;
      onProgress(sentBytes);
    }
    await sendFrame(socket, transferEnd);
  } catch (error) {
    // Whoever waits for the runner's answer must not wait any longer where the file can't be read.
    if (!(error instanceof KnownError)) socket.terminate();
    throw error;
  }
}

async function readAnswer(frames: AsyncIterable<Frame>): Promise<void> {
  for await (const frame of frames) {
    throwRefusal(frame);
    return;
  }
  throw new KnownError('connectionLost');
}

function throwRefusal(frame: Frame): void {
  const answer = transferAnswerSchema.parse(JSON.parse(frame.data.toString()));
  if (answer.ok) return;
  if (answer.error === null) throw new Error('The runner failed at the transfer; its log tells more.');
  throw KnownError.fromReport(answer.error);
}
