// Decides what counts for one hand-off where spec, project and user each may have said something.
import type { DetectedChecks } from './project.ts';
import { configPath, type Config } from './parseConfig.ts';
import { isSameNetwork, narrowed, type Network } from './network.ts';
import { checksOfCriteria, type ParsedSpec } from './parseSpec.ts';
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

/** What a spec or a project allows of the network at most. */
export interface NetworkLimit {
  /** `spec`, or the name of a file. */
  readonly from: string;
  readonly network: Network;
}

export interface Plan {
  readonly checks: readonly Check[];
  readonly setUp: string | null;
  /** Null leaves it to the runner. */
  readonly model: string | null;
  readonly budget: Partial<Budget>;
  /** Null leaves it to the runner. */
  readonly trailers: readonly string[] | null;
  /** What the task can't change, as the project says. */
  readonly protectedPaths: readonly string[];
  /** Who said which checks count, for the user: `you`, `spec`, or the name of a file; empty where there are none. */
  readonly checksFrom: string;
  /** What narrows whatever network the user chooses: see `withinLimits`. */
  readonly networkLimits: readonly NetworkLimit[];
}

/** What the user's choice comes to within the limits, and whose limits took something from it. */
export function withinLimits(
  chosen: Network,
  limits: readonly NetworkLimit[],
): { readonly network: Network; readonly narrowedBy: readonly string[] } {
  let network = chosen;
  const narrowedBy: string[] = [];
  for (const { from, network: limit } of limits) {
    const less = narrowed(network, limit);
    if (!isSameNetwork(less, network)) narrowedBy.push(from);
    network = less;
  }
  return { network, narrowedBy };
}

/**
 * The user goes before the spec, the spec before the project's configuration, that before what was detected. What proves
 * the spec's criteria is run beside the checks of whoever goes first, unless the user wants no checks at all.
 */
export function resolvePlan(said: {
  readonly spec: Pick<ParsedSpec, 'spec' | 'checks' | 'setUp' | 'model' | 'budget' | 'network'> | null;
  readonly config: Config | null;
  readonly detected: DetectedChecks | null;
  readonly overrides?: PlanOverrides;
}): Plan {
  const { spec, config, detected, overrides = {} } = said;
  const { checks, checksFrom } = checksOf(said);
  return {
    checks,
    setUp:
      overrides.setUp !== undefined
        ? overrides.setUp
        : (spec?.setUp ?? config?.setUp ?? detected?.setUp ?? null),
    model: overrides.model ?? spec?.model ?? config?.model ?? null,
    budget: { ...config?.budget, ...spec?.budget, ...overrides.budget },
    trailers: config?.trailers ?? null,
    protectedPaths: config?.protectedPaths ?? [],
    checksFrom,
    networkLimits: limitsOf([
      ['spec', spec?.network],
      [configPath, config?.network],
    ]),
  };
}

function checksOf({
  spec,
  config,
  detected,
  overrides = {},
}: Parameters<typeof resolvePlan>[0]): Pick<Plan, 'checks' | 'checksFrom'> {
  const proofs = checksOfCriteria(spec?.spec.criteria ?? []);
  const own = overrides.checks?.map(checkOf);
  if (own !== undefined)
    return { checks: own.length === 0 ? [] : distinctChecks([...proofs, ...own]), checksFrom: 'you' };
  // A guess counts only where nobody says anything; what the project says of itself does beside the criteria.
  const said = distinctChecks(spec?.checks ?? []);
  const saysMore = said.length > distinctChecks(proofs).length;
  if (saysMore || (said.length > 0 && (config?.checks ?? []).length === 0))
    return { checks: said, checksFrom: 'spec' };
  const [checksFrom, checks] = [
    [said.length > 0 ? 'spec' : configPath, config?.checks ?? []] as const,
    [detected?.source ?? '', detected?.checks ?? []] as const,
  ].find(([, some]) => some.length > 0) ?? ['', []];
  return { checks: distinctChecks([...said, ...checks]), checksFrom };
}

function limitsOf(said: readonly (readonly [string, Network | null | undefined])[]): NetworkLimit[] {
  return said.flatMap(([from, network]) =>
    network === null || network === undefined ? [] : [{ from, network }],
  );
}
