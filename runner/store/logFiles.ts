// The whole outputs of commands and the images that checks made, on disk, a folder per task, read in pieces.
import { mkdirSync } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { LogFiles } from '../tasks/ports.ts';

const tailBytes = 16 * 1024;

/** A piece of a file of a task. */
interface Place {
  readonly taskId: string;
  readonly offset: number;
  readonly limitBytes: number;
}

export class LogFolder implements LogFiles {
  readonly #folder: string;

  /** `folder` holds one folder per task. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  fileFor(taskId: string, log: string): string {
    const folder = path.join(this.#folder, taskId);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return path.join(folder, log);
  }

  async tailOf(taskId: string, log: string): Promise<string> {
    const { sizeBytes } = await this.read({ taskId, log, offset: 0, limitBytes: 1 });
    const offset = Math.max(0, sizeBytes - tailBytes);
    return (await this.read({ taskId, log, offset, limitBytes: tailBytes })).text;
  }

  /**
   * At most `limitBytes` of a log from a byte offset; a character that is cut comes whole with the next piece.
   * A log that doesn't exist is empty.
   */
  async read(
    place: Place & { readonly log: string },
  ): Promise<{ text: string; nextOffset: number; sizeBytes: number }> {
    const { bytes, isLast, sizeBytes } = await this.#piece(place.log, place);
    const length = isLast ? bytes.length : wholeCharacters(bytes);
    return { text: bytes.toString('utf8', 0, length), nextOffset: place.offset + length, sizeBytes };
  }

  /** At most `limitBytes` of an image from a byte offset. One that doesn't exist is empty. */
  async readImage(
    place: Place & { readonly image: string },
  ): Promise<{ base64: string; nextOffset: number; sizeBytes: number }> {
    const { bytes, sizeBytes } = await this.#piece(place.image, place);
    return { base64: bytes.toString('base64'), nextOffset: place.offset + bytes.length, sizeBytes };
  }

  async remove(taskId: string): Promise<void> {
    await rm(path.join(this.#folder, taskId), { recursive: true, force: true });
  }

  async #piece(
    name: string,
    { taskId, offset, limitBytes }: Place,
  ): Promise<{ bytes: Buffer; isLast: boolean; sizeBytes: number }> {
    const file = path.join(this.#folder, taskId, name);
    const sizeBytes = await stat(file).then(
      (stats) => (stats.isFile() ? stats.size : 0),
      () => 0,
    );
    if (offset >= sizeBytes) return { bytes: Buffer.alloc(0), isLast: true, sizeBytes };
    await using handle = await open(file, 'r');
    const buffer = Buffer.alloc(Math.min(limitBytes, sizeBytes - offset));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, offset);
    return { bytes: buffer.subarray(0, bytesRead), isLast: offset + bytesRead >= sizeBytes, sizeBytes };
  }
}

/** Bytes up to the start of a UTF-8 character that is cut at the end; all of them if none is. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(4, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    if ((byte & 0xc0) === 0x80) continue;
    const needed = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc0 ? 2 : 1;
    return needed > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
