// Decides which files a hand-off leaves out: too large, unreadable, or likely to hold a secret.
import { lstat, open } from 'node:fs/promises';
import { pathBytes } from './gitPaths.ts';

export type SkipReason =
  | 'tooLarge'
  | 'unreadable'
  | 'nestedRepository'
  | 'submodule'
  | 'looksSecret'
  /** The caller asked for it, and for no other reason. */
  | 'leftOut';

/** Something of the working tree that is not shipped. */
export interface SkippedPath {
  /** Relative to the root; a folder where git can't look into it or another repository lies there. */
  readonly path: string;
  readonly reason: SkipReason;
  readonly sizeBytes?: number;
}

/** Bounds for files that git doesn't track yet. */
export interface ManifestLimits {
  /** Bytes that one file may have. */
  readonly fileBytes: number;
  /** Bytes that all together may have; the largest are left out first. */
  readonly totalBytes: number;
}

export const defaultManifestLimits: ManifestLimits = {
  fileBytes: 10 * 1024 * 1024,
  totalBytes: 100 * 1024 * 1024,
};

const secretNames = [
  /^\.env$/,
  /^\.env\.(?!(example|sample|template|dist|defaults)$)/,
  /\.(pem|p12|pfx|jks|keystore|kdbx)$/,
  /^id_(rsa|dsa|ecdsa|ed25519)$/,
  /^(credentials|client_secret|service-account.*)\.json$/,
  /^secrets?\.(json|ya?ml|toml)$/,
  /^\.(netrc|pypirc|git-credentials)$/,
];

/** True where the name alone says that the file may hold a secret. */
export function hasSecretName(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  return secretNames.some((pattern) => pattern.test(name));
}

export interface InspectedFile {
  readonly sizeBytes: number;
  readonly isReadable: boolean;
  readonly looksSecret: boolean;
}

/** Looks at a file of the working tree; null where it is gone. Links are not followed. */
export async function inspectFile(root: string, path: string): Promise<InspectedFile | null> {
  const file = pathBytes(root, path);
  const entry = await lstat(file).catch(() => null);
  if (entry === null) return null;
  const isReadable = !entry.isFile() || (await canOpen(file));
  const looksSecret = hasSecretName(path) || (isReadable && entry.isFile() && (await holdsToken(file, path)));
  return { sizeBytes: entry.isDirectory() ? 0 : entry.size, isReadable, looksSecret };
}

/** Opens the file to find out: what permissions say is not the whole truth (locks, other users, file servers). */
async function canOpen(file: Buffer): Promise<boolean> {
  const handle = await open(file).catch(() => null);
  await handle?.close();
  return handle !== null;
}

/** An `.npmrc` is mostly harmless: only one with a token counts. */
async function holdsToken(file: Buffer, path: string): Promise<boolean> {
  if (!/(^|\/)\.npmrc$/.test(path)) return false;
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(64 * 1024) });
    return /_(authToken|auth|password)\s*=/.test(buffer.toString('utf8', 0, bytesRead));
  } finally {
    await handle.close();
  }
}
