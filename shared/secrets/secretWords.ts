// Says in a few words which secrets a file holds, and where.
import type { SecretSign } from './findSecrets.ts';

const named = 2;

/** "GitHub token in line 3, password in line 9 and 4 more". */
export function secretWords(signs: readonly SecretSign[]): string {
  const words = signs
    .slice(0, named)
    .map(({ kind, line }) => (line === null ? kind : `${kind} in line ${line}`))
    .join(', ');
  const more = signs.length - named;
  return more > 0 ? `${words} and ${more} more` : words;
}
