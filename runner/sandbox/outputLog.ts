// Keeps a command's output, secrets masked: the beginning in a file, the end in memory, every piece for whoever is watching.
import { createWriteStream, type WriteStream } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';
import { finished } from 'node:stream/promises';
import { Masker, type MaskStream } from '../../shared/secrets/masker.ts';
import { plainText } from '../host/plainText.ts';

const tailBytes = 16 * 1024;
/** More than the tail, since colour codes and rewritten progress lines are dropped from it. */
const rawTailBytes = 4 * tailBytes;

/** A `Masker`, or what stands in for one. */
interface ByteMasker {
  byteStream(): Pick<MaskStream, 'write' | 'rest' | 'end'>;
}

export class OutputLog {
  readonly #file: WriteStream;
  readonly #closed: Promise<void>;
  readonly #limitBytes: number;
  readonly #watch: (text: string) => void;
  readonly #masker: ByteMasker;
  readonly #streams: {
    readonly mask: ReturnType<ByteMasker['byteStream']>;
    readonly take: (masked: Buffer) => void;
  }[] = [];
  #bytes = 0;
  /** Bytes after masking: what the file would hold without its limit. */
  #maskedBytes = 0;
  #isClosed = false;
  #end = Buffer.alloc(0);

  /**
   * Starts `file` anew; bytes beyond `limitBytes` are counted but not written. What may be the beginning of a
   * secret comes with the piece after it. Without a masker only tokens that are known by their form are masked.
   */
  constructor(
    file: string,
    limitBytes: number,
    watch: (text: string) => void,
    masker: ByteMasker = new Masker(),
  ) {
    this.#file = createWriteStream(file, { mode: 0o600 });
    this.#closed = finished(this.#file);
    // The failure is reported by `close`; until then nobody waits for it.
    this.#closed.catch(() => undefined);
    this.#limitBytes = limitBytes;
    this.#watch = watch;
    this.#masker = masker;
  }

  /** Bytes that were printed, kept or not. */
  get bytes(): number {
    return this.#bytes;
  }

  /** A taker for one stream of the command; a character that is split between two pieces stays whole. */
  stream(): (chunk: Buffer) => void {
    const decoder = new StringDecoder('utf8');
    const mask = this.#masker.byteStream();
    const take = (masked: Buffer): void => {
      if (masked.length > 0) this.#keep(masked, decoder.write(masked));
    };
    this.#streams.push({ mask, take });
    return (chunk) => {
      // A pipe may still hold something after the command was given up.
      if (this.#isClosed) return;
      this.#bytes += chunk.length;
      take(Buffer.from(mask.write(chunk.toString('latin1')), 'latin1'));
    };
  }

  /** The last 16 KiB as plain text, cut at a line. */
  tail(): string {
    const rest = this.#streams.map(({ mask }) => mask.rest()).join('');
    const end = Buffer.concat([this.#end, Buffer.from(rest, 'latin1')]);
    const text = plainText(end.subarray(-rawTailBytes).toString('utf8'));
    const bytes = Buffer.from(text);
    if (bytes.length <= tailBytes && this.#maskedBytes + rest.length <= rawTailBytes) return text;
    const kept = bytes.subarray(-tailBytes).toString('utf8');
    return kept.slice(kept.indexOf('\n') + 1);
  }

  /** Ends the file with what was still held and a note of what was cut. Rejects where the file could not be written. */
  async close(): Promise<void> {
    this.#isClosed = true;
    for (const { mask, take } of this.#streams) take(Buffer.from(mask.end(), 'latin1'));
    const cutBytes = this.#maskedBytes - this.#limitBytes;
    this.#file.end(cutBytes > 0 ? `\n[${cutBytes} more bytes were printed and not kept]\n` : '');
    await this.#closed;
  }

  #keep(masked: Buffer, text: string): void {
    const left = this.#limitBytes - this.#maskedBytes;
    if (left > 0) this.#file.write(masked.subarray(0, left));
    this.#maskedBytes += masked.length;
    this.#end = Buffer.concat([this.#end, masked.subarray(-rawTailBytes)]).subarray(-rawTailBytes);
    this.#watch(text);
  }
}
