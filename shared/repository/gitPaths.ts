// Paths as git gives them, bytes in any encoding, to strings and back without loss.
import { isUtf8 } from 'node:buffer';

/** Where the 128 stand-ins for bytes that aren't UTF-8 begin: lone surrogates, which no real text holds. */
const strayByteBase = 0xdc00;

/**
 * The path as a string. A byte that isn't UTF-8 becomes a lone surrogate (U+DC80 to U+DCFF), so that
 * `encodePath` gives the same bytes again.
 */
export function decodePath(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  let path = '';
  for (let at = 0; at < bytes.length;) {
    const length = [1, 2, 3, 4].find(
      (size) => at + size <= bytes.length && isUtf8(bytes.subarray(at, at + size)),
    );
    path +=
      length === undefined
        ? String.fromCharCode(strayByteBase + (bytes[at] ?? 0))
        : bytes.toString('utf8', at, at + length);
    at += length ?? 1;
  }
  return path;
}

/** The bytes of a path from `decodePath`. */
export function encodePath(path: string): Buffer {
  if (path.isWellFormed()) return Buffer.from(path);
  const parts = Array.from(path, (character) => {
    const code = character.charCodeAt(0);
    const isStrayByte =
      character.length === 1 && code >= strayByteBase + 0x80 && code <= strayByteBase + 0xff;
    return isStrayByte ? Buffer.of(code - strayByteBase) : Buffer.from(character);
  });
  return Buffer.concat(parts);
}

/** The file system's name for a path inside a folder. */
export function pathBytes(root: string, path: string): Buffer {
  return Buffer.concat([Buffer.from(`${root}/`), encodePath(path)]);
}

/** Paths as git reads them from standard input: bytes, each ended by NUL, with `prefix` (pathspec magic) before each. */
export function nulTerminated(paths: readonly string[], prefix = ''): Buffer {
  const end = Buffer.of(0);
  return Buffer.concat(paths.flatMap((path) => [Buffer.from(prefix), encodePath(path), end]));
}

/** What git wrote with `-z`, one string for each field. */
export function splitAtNul(bytes: Buffer): string[] {
  const fields: string[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(0, start);
    const stop = end === -1 ? bytes.length : end;
    fields.push(decodePath(bytes.subarray(start, stop)));
    start = stop + 1;
  }
  return fields;
}
