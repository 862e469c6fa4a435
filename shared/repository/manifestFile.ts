// One file that a hand-off ships beyond the last commit.
import type { SecretSign } from '../secrets/findSecrets.ts';

/** Against HEAD; `included` is a file that git ignores and `.worktreeinclude` names. */
export type FileChange =
  'modified' | 'added' | 'deleted' | 'renamed' | 'typeChanged' | 'untracked' | 'included';

export interface ManifestFile {
  /** Relative to the root, with slashes. */
  readonly path: string;
  readonly change: FileChange;
  /** Of the file in the working tree; 0 where it is deleted. */
  readonly sizeBytes: number;
  readonly isStaged: boolean;
  /** Of a tracked file: what looks like a secret in it and isn't in HEAD. It goes along. */
  readonly secrets?: readonly SecretSign[];
}

/** True for a file that the user may leave out: git doesn't track it. */
export function isUntracked({ change }: Pick<ManifestFile, 'change'>): boolean {
  return change === 'untracked' || change === 'included';
}
