// Reads the head of a git bundle: which refs it holds, and where its pack begins.
import { open } from 'node:fs/promises';
import { KnownError } from '../../shared/errors/errors.ts';

/** A header is a line per ref and prerequisite; one that is longer is no bundle of ours. */
const maxHeaderBytes = 4 * 1024 * 1024;

export interface BundleHeader {
  /** Commit by ref name. */
  readonly refs: ReadonlyMap<string, string>;
  /** Byte offset of the pack. */
  readonly packOffset: number;
}

/** Parses the header of the bundle (versions 2 and 3, all objects of the listed commits inside). Throws KnownError `bundleCorrupted`. */
export async function readBundleHeader(file: string): Promise<BundleHeader> {
  const bytes = await readUpTo(file, maxHeaderBytes);
  const end = bytes.indexOf('\n\n');
  if (end < 0) throw new KnownError('bundleCorrupted', { detail: 'it has no header' });
  const [signature, ...lines] = bytes.toString('utf8', 0, end).split('\n');
  if (!/^# v[23] git bundle$/.test(signature ?? ''))
    throw new KnownError('bundleCorrupted', { detail: 'it is not a git bundle' });
  const refs = new Map<string, string>();
  for (const line of lines) {
    if (line.startsWith('@object-format=') || /^-[0-9a-f]{40,64}/.test(line)) continue;
    const [, commit, ref] = /^([0-9a-f]{40,64}) (.+)$/.exec(line) ?? [];
    if (commit === undefined || ref === undefined)
      throw new KnownError('bundleCorrupted', { detail: `its header has the line "${line.slice(0, 100)}"` });
    refs.set(ref, commit);
  }
  return { refs, packOffset: end + 2 };
}

async function readUpTo(file: string, limitBytes: number): Promise<Buffer> {
  await using handle = await open(file, 'r');
  const buffer = Buffer.alloc(Math.min(limitBytes, (await handle.stat()).size));
  const { bytesRead } = await handle.read(buffer, 0, buffer.length, 0);
  return buffer.subarray(0, bytesRead);
}
