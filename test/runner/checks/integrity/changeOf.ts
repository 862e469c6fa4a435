// Makes a change of the base project out of edits, as git would tell it.
import assert from 'node:assert/strict';
import { Inspector } from '../../../../runner/checks/integrity/inspector.ts';
import type { ChangedText, TextSearch } from '../../../../runner/tasks/ports.ts';
import type { IntegrityFinding } from '../../../../shared/task/integrity.ts';
import { baseProject, type Edit } from './baseProject.ts';

export interface Change {
  readonly files: readonly ChangedText[];
  readonly after: ReadonlyMap<string, string>;
}

export function changeOf(edits: readonly Edit[]): Change {
  const after = new Map(Object.entries(baseProject));
  const origins = new Map<string, string>();
  for (const edit of edits) {
    if ('move' in edit) {
      after.set(edit.to, textOf(after, edit.move));
      after.delete(edit.move);
      origins.set(edit.to, edit.move);
    } else if (edit.length === 3) {
      const [path, from, to] = edit;
      const text = textOf(after, path);
      assert.equal(text.split(from).length, 2, `${path} has not exactly one: ${from}`);
      after.set(
        path,
        text.replace(from, () => to),
      );
    } else if (edit[1] === null) after.delete(edit[0]);
    else after.set(edit[0], edit[1]);
  }
  const moved = new Set(origins.values());
  const paths = [...new Set([...Object.keys(baseProject), ...after.keys()])].sort();
  const files = paths.flatMap((path): ChangedText[] => {
    const oldPath = origins.get(path) ?? null;
    const before = baseProject[oldPath ?? path] ?? null;
    const now = after.get(path) ?? null;
    if (moved.has(path) && now === null) return [];
    return before === now && oldPath === null ? [] : [{ path, oldPath, before, after: now }];
  });
  return { files, after };
}

function textOf(files: ReadonlyMap<string, string>, path: string): string {
  const text = files.get(path);
  assert.ok(text !== undefined, `${path} is not in the base project`);
  return text;
}

const inspector = new Inspector();

export async function inspect({ files, after }: Change): Promise<readonly IntegrityFinding[]> {
  const search: TextSearch = async (words) =>
    [...after]
      .filter(([, text]) => words.every((word) => text.includes(word)))
      .map(([path, text]) => ({ path, text }));
  return (await inspector.inspect(files, search, AbortSignal.timeout(60_000))).findings;
}
