// The token of a data folder. Clients elsewhere keep it, so it outlives every run of the runner.
import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';

/** Reads the token, made and kept for its owner only where there is none yet. Only the holder of the folder may call it. */
export async function keptToken(dataFolder: string): Promise<string> {
  const file = path.join(dataFolder, 'token');
  const known = (await readFile(file, 'utf8').catch(() => '')).trim();
  if (known !== '') return known;
  const token = randomBytes(32).toString('base64url');
  await writeFile(file, `${token}\n`, { mode: 0o600 });
  return token;
}
