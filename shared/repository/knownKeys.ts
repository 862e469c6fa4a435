// The keys of the runners from which this repository has got results: a ref each, named by the key.
import type { Repository } from './openRepository.ts';
import { nightjarRef, readGit, readGitLine, readGitLines, runGit } from './userGit.ts';

export interface KnownKey {
  /** SHA-256 of the public key, hexadecimal. */
  readonly keyid: string;
  /** Where that runner was reached, for people. */
  readonly address: string;
}

/** What fetches from others never writes to: `refs/nightjar/` is in nobody's refspec, and results bring one ref only. */
const prefix = 'refs/nightjar/keys/';

/** From now on evidence that this key signed is known here. The key must come from the runner itself. */
export async function rememberKey(
  repository: Repository,
  { keyid, address }: KnownKey,
  signal: AbortSignal,
): Promise<void> {
  const ref = nightjarRef('keys', keyid);
  const known = await runGit(repository.root, ['rev-parse', '--verify', '--quiet', ref], { signal });
  if (known.exitCode === 0) return;
  const args = ['hash-object', '-w', '--stdin'];
  const blob = await readGitLine(repository.root, args, { signal, input: `${address}\n` });
  await readGit(repository.root, ['update-ref', ref, blob], { signal });
}

export async function knownKeys(repository: Repository, signal: AbortSignal): Promise<readonly KnownKey[]> {
  const args = ['for-each-ref', '--format=%(objectname) %(refname)', prefix];
  const lines = await readGitLines(repository.root, args, { signal });
  return Promise.all(
    lines.map(async (line) => {
      const [blob = '', ref = ''] = line.split(' ');
      const shown = await runGit(repository.root, ['cat-file', 'blob', blob], { signal });
      return { keyid: ref.slice(prefix.length), address: shown.stdout.toString().trim().slice(0, 300) };
    }),
  );
}
