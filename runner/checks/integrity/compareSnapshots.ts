// What a change did to a snapshot, in which a test finds what it expects.
import type { IntegrityFinding } from '../../../shared/task/integrity.ts';
import type { ChangedText } from '../../tasks/ports.ts';
import { finding, surplusOf, type FoundAt } from './finding.ts';

/** New snapshots are nobody's loss; those with other lines than before are what a test now expects. */
export function compareSnapshots(file: ChangedText): IntegrityFinding[] {
  const { path, oldPath, before, after, unread } = file;
  const at: FoundAt = { file: path, line: null, side: 'after', foundBy: 'text' };
  const wasThere = before !== null || unread === 'before' || unread === 'both';
  const isThere = after !== null || unread === 'after' || unread === 'both';
  if (!wasThere) return [];
  if (!isThere)
    return [
      finding(
        'snapshotRewritten',
        { ...at, file: oldPath ?? path, side: 'before' },
        'A snapshot was deleted.',
      ),
    ];
  if (before !== null && after !== null) return rewrittenLines(path, before, after);
  // Of a picture git says that it is another one; one that only moved is the same.
  const hasMoved = unread === 'both' && oldPath !== null;
  return hasMoved ? [] : [finding('snapshotRewritten', at, 'A snapshot was rewritten.')];
}

function rewrittenLines(path: string, before: string, after: string): IntegrityFinding[] {
  const [was, now] = [before.split('\n'), after.split('\n')];
  const trimmed = (line: string): string => line.trim();
  const lost = surplusOf(was, now, trimmed).filter((line) => line.trim() !== '');
  if (lost.length === 0) return [];
  const known = new Set(was.map(trimmed));
  const first = now.findIndex((line) => !known.has(line.trim()));
  const message = `A snapshot was rewritten: ${lost.length === 1 ? 'one line' : `${lost.length} lines`} of before are gone.`;
  const line = first < 0 ? null : first + 1;
  const at: FoundAt = { file: path, line, side: 'after', foundBy: 'text' };
  return [finding('snapshotRewritten', at, message, now[first] ?? '')];
}
