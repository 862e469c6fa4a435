// Keeps texts within a number of bytes without splitting a character, and says how much was left out.

/** Bytes of UTF-8 that a tool may tell the model. */
export const toolTextBytes = 16 * 1024;

/** The longest beginning of `text` that takes at most `maxBytes` in UTF-8. */
export function headOf(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  const bytes = Buffer.from(text);
  let end = maxBytes;
  while (end > 0 && isInsideCharacter(bytes[end])) end -= 1;
  return bytes.toString('utf8', 0, end);
}

/** The longest end of `text` that takes at most `maxBytes` in UTF-8. */
export function tailOf(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text);
  let start = Math.max(0, bytes.length - maxBytes);
  while (start < bytes.length && isInsideCharacter(bytes[start])) start += 1;
  return bytes.toString('utf8', start);
}

/** Head and tail of `text` with a line between them that says how much is missing; short texts as they are. */
export function shortenMiddle(
  text: string,
  limits: { readonly headBytes: number; readonly tailBytes: number },
): string {
  const sizeBytes = Buffer.byteLength(text);
  if (sizeBytes <= limits.headBytes + limits.tailBytes) return text;
  const head = headOf(text, limits.headBytes);
  const tail = tailOf(text, limits.tailBytes);
  return joinAround(head, sizeBytes - Buffer.byteLength(head) - Buffer.byteLength(tail), tail);
}

/** Two ends of a text around a line that names what lies between them. */
export function joinAround(head: string, leftOutBytes: number, tail: string): string {
  return `${head.trimEnd()}\n\n[… ${sizeText(leftOutBytes)} left out …]\n\n${tail}`;
}

/** A size for people: `812 bytes`, `10.0 MiB`. */
export function sizeText(sizeBytes: number): string {
  if (sizeBytes < 1024) return `${sizeBytes} bytes`;
  const kibibytes = sizeBytes / 1024;
  return kibibytes < 1024 ? `${kibibytes.toFixed(1)} KiB` : `${(kibibytes / 1024).toFixed(1)} MiB`;
}

/** `line` with at most `maxLength` characters. */
export function cutLine(line: string, maxLength: number): string {
  if (line.length <= maxLength) return line;
  const end = /[\uD800-\uDBFF]/.test(line.charAt(maxLength - 1)) ? maxLength - 1 : maxLength;
  return `${line.slice(0, end)}… [${line.length - end} more characters]`;
}

function isInsideCharacter(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0b1100_0000) === 0b1000_0000;
}
