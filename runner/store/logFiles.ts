// The whole outputs of commands on disk, a folder per task, read in pieces.
import { mkdirSync } from 'node:fs';
import { open, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { LogFiles } from '../tasks/ports.ts';

const tailBytes = 16 * 1024;

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
  async read(place: {
    readonly taskId: string;
    readonly log: string;
    readonly offset: number;
    readonly limitBytes: number;
  }): Promise<{ text: string; nextOffset: number; sizeBytes: number }> {
    const file = path.join(this.#folder, place.taskId, place.log);
    const sizeBytes = await stat(file).then(
      ({ size }) => size,
      () => 0,
    );
    if (place.offset >= sizeBytes) return { text: '', nextOffset: place.offset, sizeBytes };
    await using handle = await open(file, 'r');
    const buffer = Buffer.alloc(Math.min(place.limitBytes, sizeBytes - place.offset));
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, place.offset);
    const isLast = place.offset + bytesRead >= sizeBytes;
    const length = isLast ? bytesRead : wholeCharacters(buffer.subarray(0, bytesRead));
    return { text: buffer.toString('utf8', 0, length), nextOffset: place.offset + length, sizeBytes };
  }

  async remove(taskId: string): Promise<void> {
    await rm(path.join(this.#folder, taskId), { recursive: true, force: true });
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
