// What findings about the tests mean for a verdict: what decides was changed, so that it decided proves less.
import type { IntegrityKind } from '../../shared/task/integrity.ts';
import type { IntegrityState, Task } from '../../shared/task/task.ts';
import type { Verdict } from '../../shared/task/events.ts';

/** Whether such a finding touches what the verdict rests on. */
const decides: Readonly<Record<IntegrityKind, boolean>> = {
  testDeleted: true,
  testSkipped: true,
  testFocused: true,
  testEmptied: true,
  assertionRemoved: true,
  assertionLoosened: true,
  snapshotRewritten: true,
  thresholdLowered: true,
  checkWeakened: true,
  configurationWeakened: true,
  expectedValueHardCoded: true,
  oldTestFails: true,
  changeNotRead: true,
  // A silenced line and a needless test take nothing from what the others show.
  ruleSuppressed: false,
  newTestProvesNothing: false,
  // Kept out of the commit that was checked.
  protectedPathChanged: false,
};

/** At best partly verified where the change touched what decides; a worse verdict stays. */
export function withIntegrity(
  verdict: Verdict,
  integrity: IntegrityState | undefined,
  commit: string,
): Verdict {
  if (verdict !== 'verified' || integrity?.commit !== commit) return verdict;
  const isDoubtful = integrity.findingsLeftOut > 0 || integrity.findings.some(({ kind }) => decides[kind]);
  return isDoubtful ? 'partlyVerified' : verdict;
}

/** Whether the change up to `commit` was not read yet; one that changed nothing has nothing to read. */
export function needsInspection(
  { integrity, snapshot }: Pick<Task, 'integrity' | 'snapshot'>,
  commit: string,
): boolean {
  const isRead = integrity?.commit === commit && integrity.isInspected === true;
  return commit !== snapshot.commit && !isRead;
}
