// Inspects what a round's commit did to the tests and to what checks it; nothing is run, so it is harmless to repeat.
import type { Fact } from '../../shared/task/events.ts';
import type { Step } from '../tasks/life.ts';
import { placeOf } from './checkouts.ts';
import { elapsedMs, type StepCall } from './stepCall.ts';

/** The files come from the store, by the names of commits: no repository that an agent can write is asked. */
export async function inspect(
  { round, commit }: Extract<Step, { kind: 'inspect' }>,
  { run, ports, signal }: StepCall,
): Promise<readonly Fact[]> {
  const startedAt = ports.clock.now();
  const place = placeOf(run);
  const changes = await ports.workspaces.changedTexts(place, commit, signal);
  const { findings, findingsLeftOut } = await ports.inspector.inspect(
    changes,
    (words, within) => ports.workspaces.findTexts(place, commit, words, within),
    signal,
  );
  const durationMs = elapsedMs(ports.clock, startedAt);
  const data = { round, commit, findings: [...findings], findingsLeftOut, durationMs };
  return [{ type: 'integrityInspected', data }];
}
