// Decides what counts for one hand-off where spec, project and user each may have said something.
import type { DetectedChecks } from './detectChecks.ts';
import { configPath, type Config } from './parseConfig.ts';
import type { ParsedSpec } from './parseSpec.ts';
import { checkOf, distinctChecks } from './settings.ts';
import type { Budget, Check } from './spec.ts';

/** What the user said for this one hand-off; undefined leaves it to the others. */
export interface PlanOverrides {
  /** Command lines; an empty list means no checks at all. */
  readonly checks?: readonly string[] | undefined;
  /** Null means none. */
  readonly setUp?: string | null | undefined;
  readonly model?: string | undefined;
  readonly budget?: Partial<Budget> | undefined;
}

export interface Plan {
  readonly checks: readonly Check[];
  readonly setUp: string | null;
  /** Null leaves it to the runner. */
  readonly model: string | null;
  readonly budget: Partial<Budget>;
  /** Null leaves it to the runner. */
  readonly trailers: readonly string[] | null;
  /** Who said which checks count, for the user: `you`, `spec`, or the name of a file; empty where there are none. */
  readonly checksFrom: string;
}

/** The user goes before the spec, the spec before the project's configuration, that before what was detected. */
export function resolvePlan(said: {
  readonly spec: Pick<ParsedSpec, 'checks' | 'setUp' | 'model' | 'budget'> | null;
  readonly config: Config | null;
  readonly detected: DetectedChecks | null;
  readonly overrides?: PlanOverrides;
}): Plan {
  const { spec, config, detected, overrides = {} } = said;
  const candidates: readonly (readonly [string, readonly Check[] | undefined])[] = [
    ['spec', spec?.checks],
    [configPath, config?.checks],
    [detected?.source ?? '', detected?.checks],
  ];
  const own = overrides.checks === undefined ? undefined : (['you', overrides.checks.map(checkOf)] as const);
  const [checksFrom, checks = []] = own ??
    candidates.find(([, some]) => some !== undefined && some.length > 0) ?? [''];
  return {
    checks: distinctChecks(checks),
    setUp:
      overrides.setUp !== undefined
        ? overrides.setUp
        : (spec?.setUp ?? config?.setUp ?? detected?.setUp ?? null),
    model: overrides.model ?? spec?.model ?? config?.model ?? null,
    budget: { ...config?.budget, ...spec?.budget, ...overrides.budget },
    trailers: config?.trailers ?? null,
    checksFrom,
  };
}
