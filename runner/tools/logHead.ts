// Reads the beginning of a log file that a command has left.
import { open } from 'node:fs/promises';

/** At most `maxBytes` of the file as text; a character that the limit cuts is left out. */
export async function readLogHead(logFile: string, maxBytes: number): Promise<string> {
  await using file = await open(logFile, 'r');
  const length = Math.min(maxBytes, (await file.stat()).size);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, 0);
  // A decoder that expects more keeps back the beginning of a character that the limit has cut.
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(buffer.subarray(0, bytesRead), {
    stream: true,
  });
}
