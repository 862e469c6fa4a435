// What a round's checks have found, told to the agent beside what they found before.
import type { EventData } from '../../shared/task/events.ts';
import { defaultDigestTokens, digestOf } from './digest.ts';

type CheckResult = EventData<'checkEnded'>;

/** What the findings of a round are compared with. */
export interface CheckFindings {
  readonly created: Pick<EventData<'taskCreated'>, 'digestTokens'>;
  readonly baseline: readonly CheckResult[];
  readonly lastChecks: readonly CheckResult[];
}

export function findingsOf(
  { created, baseline, lastChecks }: CheckFindings,
  results: readonly CheckResult[],
): string {
  const failing = results.filter((check) => !check.passed);
  const named = (checks: readonly CheckResult[], name: string): CheckResult | undefined =>
    checks.find((check) => check.name === name);
  const checks = failing.map((check) => {
    const base = named(baseline, check.name);
    const known = base?.problems ?? [];
    const before = named(lastChecks, check.name)?.problems ?? known;
    return { ...check, failedBefore: base?.passed === false, baseline: known, before };
  });
  return digestOf(checks, created.digestTokens ?? defaultDigestTokens);
}
