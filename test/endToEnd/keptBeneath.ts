// All that a runner has kept under some names of its data folder, as one text to look for secrets in.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Everything in these files and folders of the data folder, as text. */
export async function keptBeneath(data: string, names: readonly string[]): Promise<string> {
  let text = '';
  for (const name of names) {
    const path = join(data, name);
    const inside = await readdir(path, { recursive: true, withFileTypes: true }).catch(() => null);
    const files = inside
      ?.filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    for (const file of files ?? [path]) text += await readFile(file, 'latin1').catch(() => '');
  }
  return text;
}
