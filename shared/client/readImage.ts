// Reads an image that a check of a task made from the runner, in pieces.
import { mostImageBytes } from '../task/checkRun.ts';
import type { RunnerConnection } from './runnerConnection.ts';

/** Bytes of one request. */
const pieceBytes = 512 * 1024;

export interface TaskImage {
  readonly taskId: string;
  /** Its name, as a criterion gives it. */
  readonly image: string;
}

export type ImageConnection = Pick<RunnerConnection, 'request'>;

/** The first bytes of an image, and how many it has; 0 where the runner doesn't have it (any more). */
export async function readImageHead(
  connection: ImageConnection,
  of: TaskImage,
  signal: AbortSignal,
): Promise<{ readonly head: Uint8Array; readonly sizeBytes: number }> {
  const piece = await connection.request('images/read', { ...of, offset: 0, limitBytes: pieceBytes }, signal);
  return { head: Buffer.from(piece.base64, 'base64'), sizeBytes: piece.sizeBytes };
}

/** The whole image; null where the runner has none, or one that no runner would keep. */
export async function readImage(
  connection: ImageConnection,
  of: TaskImage,
  signal: AbortSignal,
): Promise<Uint8Array | null> {
  const { head, sizeBytes } = await readImageHead(connection, of, signal);
  if (sizeBytes === 0 || sizeBytes > mostImageBytes) return null;
  const pieces = [head];
  for (let offset = head.length; offset < sizeBytes;) {
    const params = { ...of, offset, limitBytes: pieceBytes };
    const { base64, nextOffset } = await connection.request('images/read', params, signal);
    if (nextOffset <= offset) return null;
    pieces.push(Buffer.from(base64, 'base64'));
    offset = nextOffset;
  }
  return Buffer.concat(pieces);
}
