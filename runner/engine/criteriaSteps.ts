// The step that judges the acceptance criteria on a round's commit.
import type { Fact } from '../../shared/task/events.ts';
import { judgeCriteria, needsFiles } from '../tasks/criteria.ts';
import type { Step } from '../tasks/life.ts';
import { placeOf } from './checkouts.ts';
import type { StepCall } from './stepCall.ts';

export async function judge(
  { round, commit }: Extract<Step, { kind: 'judge' }>,
  { run, ports, signal }: StepCall,
): Promise<readonly Fact[]> {
  const isNeeded = needsFiles(run.created.spec.criteria);
  const files = isNeeded ? await ports.commits.pathsOf(placeOf(run), commit, signal) : [];
  return [{ type: 'criteriaJudged', data: { round, commit, results: judgeCriteria(run, commit, files) } }];
}
