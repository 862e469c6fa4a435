// Moves one bundle between a file and its socket: size and hash checked, every failure told, nothing kept waiting for ever.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { WebSocket } from 'ws';
import { KnownError } from '../../shared/errors/errors.ts';
import { framesOf, keepAlive, sendFrame, type Frame } from '../../shared/host/webSocketFrames.ts';
import { bundleFrameBytes } from '../../shared/protocol/requests.ts';
import type { TransferAnswer } from '../../shared/protocol/transfers.ts';
import { namingDiskFull } from '../host/diskFull.ts';

export interface TransferTimes {
  readonly pingIntervalMs: number;
  /** Milliseconds without a frame after which an upload is given up. */
  readonly idleMs: number;
}

export interface TransferRun {
  readonly socket: WebSocket;
  /** Absolute path; the caller removes it. */
  readonly file: string;
  readonly signal: AbortSignal;
  readonly times: TransferTimes;
  readonly logBug: (error: unknown) => void;
}

interface Upload extends TransferRun {
  readonly sizeBytes: number;
  /** Hex. */
  readonly sha256: string;
}

/**
 * Writes what comes into `file`, checks it, has it taken in by `takeIn`, and answers. Never rejects: a failure goes to
 * the sender, and what nobody foresaw to `logBug` too.
 */
export async function receiveFile(
  upload: Upload,
  takeIn: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  await conclude(upload, async (signal) => {
    // Before anything is waited for, so that no frame is missed.
    const frames = framesOf(upload.socket, signal);
    await namingDiskFull(dirname(upload.file), async () => writeFrames(frames, upload));
    await takeIn(signal);
  });
}

/** Sends `file` in frames, each one when the one before has left. Never rejects. */
export async function sendFile(run: TransferRun): Promise<void> {
  await conclude(run, async (signal) => {
    const chunks = createReadStream(run.file, { highWaterMark: bundleFrameBytes, signal });
    for await (const chunk of chunks as AsyncIterable<Buffer>) await sendFrame(run.socket, chunk);
  });
}

/** SHA-256 of a file, hex. */
export async function hashFile(file: string, signal: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash, { signal });
  return hash.digest('hex');
}

/** Does the work and says on the socket how it ended. A socket that closes aborts the work. */
async function conclude(run: TransferRun, work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const { socket, times, logBug } = run;
  const closed = new AbortController();
  const end = (): void => closed.abort();
  socket.once('close', end);
  run.signal.addEventListener('abort', end, { once: true });
  keepAlive(socket, times.pingIntervalMs);
  let answer: TransferAnswer = { ok: true };
  try {
    await work(closed.signal);
  } catch (error) {
    answer = { ok: false, error: error instanceof KnownError ? error.toReport() : null };
    if (answer.error === null && !closed.signal.aborted) logBug(error);
  } finally {
    run.signal.removeEventListener('abort', end);
  }
  // A sender that went away has no use for the answer.
  await sendFrame(socket, JSON.stringify(answer)).catch(() => undefined);
  socket.close();
}

async function writeFrames(frames: AsyncIterable<Frame>, upload: Upload): Promise<void> {
  const { socket, sizeBytes } = upload;
  const hash = createHash('sha256');
  let receivedBytes = 0;
  const idleTimer = setTimeout(() => socket.terminate(), upload.times.idleMs);
  try {
    await using file = await open(upload.file, 'wx', 0o600);
    for await (const { data, isBinary } of frames) {
      if (!isBinary) break;
      idleTimer.refresh();
      receivedBytes += data.length;
      if (receivedBytes > sizeBytes)
        throw new KnownError('bundleCorrupted', { detail: 'it is longer than announced' });
      hash.update(data);
      await file.writeFile(data);
    }
  } finally {
    clearTimeout(idleTimer);
  }
  if (receivedBytes < sizeBytes) {
    throw new KnownError('bundleCutShort', { received: receivedBytes, expected: sizeBytes });
  }
  if (hash.digest('hex') !== upload.sha256) {
    throw new KnownError('bundleCorrupted', { detail: 'its SHA-256 is not the announced one' });
  }
}
