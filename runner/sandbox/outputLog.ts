// Keeps a command's output: the beginning in a file, the end in memory, every piece for whoever is watching.
import { createWriteStream, type WriteStream } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { finished } from 'node:stream/promises';
import { plainText } from '../host/plainText.ts';

const tailBytes = 16 * 1024;
/** More than the tail, since colour codes and rewritten progress lines are dropped from it. */
const rawTailBytes = 4 * tailBytes;

export class OutputLog {
  readonly #file: WriteStream;
  readonly #closed: Promise<void>;
  readonly #limitBytes: number;
  readonly #watch: (text: string) => void;
  #bytes = 0;
  #isClosed = false;
  #end = Buffer.alloc(0);

  /** Starts `file` anew; bytes beyond `limitBytes` are counted but not written. */
  constructor(file: string, limitBytes: number, watch: (text: string) => void) {
    this.#file = createWriteStream(file, { mode: 0o600 });
    this.#closed = finished(this.#file);
    // The failure is reported by `close`; until then nobody waits for it.
    this.#closed.catch(() => undefined);
    this.#limitBytes = limitBytes;
    this.#watch = watch;
  }

  /** Bytes that were printed, kept or not. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A taker for one stream of the command; a character that is split between two pieces stays whole. */
  stream(): (chunk: Buffer) => void {
    const decoder = new StringDecoder('utf8');
    return (chunk) => {
      // A pipe may still hold something after the command was given up.
      if (this.#isClosed) return;
      const left = this.#limitBytes - this.#bytes;
      if (left > 0) this.#file.write(chunk.subarray(0, left));
      this.#bytes += chunk.length;
      this.#end = Buffer.concat([this.#end, chunk.subarray(-rawTailBytes)]).subarray(-rawTailBytes);
      this.#watch(decoder.write(chunk));
    };
  }

  /** The last 16 KiB as plain text, cut at a line. */
  tail(): string {
    const text = plainText(this.#end.toString('utf8'));
    const bytes = Buffer.from(text);
    if (bytes.length <= tailBytes && this.#bytes <= rawTailBytes) return text;
    const kept = bytes.subarray(-tailBytes).toString('utf8');
    return kept.slice(kept.indexOf('\n') + 1);
  }

  /** Ends the file with a note of what was cut. Rejects where the file could not be written. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const cutBytes = this.#bytes - this.#limitBytes;
    this.#file.end(cutBytes > 0 ? `\n[${cutBytes} more bytes were printed and not kept]\n` : '');
    await this.#closed;
  }
}
