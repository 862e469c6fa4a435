// The agent's own checks for criteria that nothing is bound to: what it may propose, what is to be run, what it came to.
import { isUnbound } from '../../shared/spec/expectation.ts';
import type { Check, Criterion } from '../../shared/spec/spec.ts';
import type { CriterionResult, ProposedCheck } from '../../shared/task/criteria.ts';
import type { Run } from './run.ts';
import { parseToolArguments, proposeCheckSchema, proposingTool } from './specialTools.ts';
import type { ToolDefinition } from './toolDefinition.ts';

const timeoutMs = 5 * 60_000;

/** A run of a proposed check that is still to be made. */
export interface ProposalRun {
  readonly proposedFor: number;
  readonly check: Check;
  readonly commit: string;
}

/** What a call of `proposeCheck` comes to; without a proposal the text says why. */
export function proposalOf(
  criteria: readonly Criterion[],
  json: string,
): { readonly proposed: ProposedCheck | null; readonly text: string } {
  const parsed = parseToolArguments(proposeCheckSchema, json);
  if (!parsed.ok) return { proposed: null, text: parsed.text };
  const index = parsed.value.criterion - 1;
  const criterion = criteria[index];
  if (criterion === undefined || !isUnbound(criterion)) {
    const open = criteria.flatMap((other, at) => (isUnbound(other) ? [at + 1] : []));
    const which = open.length === 0 ? 'There is none without one.' : `Those without one: ${open.join(', ')}.`;
    const why = criterion === undefined ? 'There is no such criterion' : 'That criterion has its own check';
    return { proposed: null, text: `${why}. ${which}` };
  }
  const text =
    'Noted. Once all checks pass, the runner runs it on clean checkouts: it counts if it fails on the snapshot and passes on your commit.';
  return { proposed: { criterion: index, command: parsed.value.command }, text };
}

/** Without the tool for proposals where there is nothing to propose for. */
export function toolsFor(
  criteria: readonly Criterion[],
  tools: readonly ToolDefinition[],
): readonly ToolDefinition[] {
  return criteria.some(isUnbound) ? tools : tools.filter(({ name }) => name !== proposingTool);
}

type Proving = Pick<Run, 'created' | 'proof' | 'roundChecks'>;

/** The next run of a proposed check that the commit needs; none while a check of the user's fails. */
export function nextProposalRun(run: Proving, commit: string): ProposalRun | null {
  if (run.roundChecks.some(({ passed }) => !passed)) return null;
  const snapshot = run.created.snapshot.commit;
  for (const proposed of run.proof.proposals) {
    const { criterion: proposedFor, command } = proposed;
    const name = `Criterion ${proposedFor + 1}, by the agent`;
    const result = resultOf(run, proposed, commit);
    if (result === undefined) return { proposedFor, check: { name, command, timeoutMs }, commit };
    const before = { name: `${name}, without the change`, command, timeoutMs };
    if (result.passed && resultOf(run, proposed, snapshot) === undefined)
      return { proposedFor, check: before, commit: snapshot };
  }
  return null;
}

function resultOf({ proof }: Proving, { criterion, command }: ProposedCheck, commit: string) {
  return proof.proposalRuns.findLast(
    (run) => run.proposedFor === criterion && run.command === command && run.commit === commit,
  );
}

/** What the agent's check says of its criterion: met, or left to a person with the reason why it doesn't count. */
export function judgeProposal(run: Proving, criterion: number, commit: string): CriterionResult {
  const proposed = run.proof.proposals.find((other) => other.criterion === criterion);
  const toJudge = { criterion, state: 'toJudge', boundBy: null } as const;
  if (proposed === undefined) return { ...toJudge, command: null, detail: 'No check is bound to it.' };
  const { command } = proposed;
  const left = (why: string): CriterionResult => ({
    ...{ ...toJudge, command },
    detail: `The check that the agent proposed ${why}.`,
  });
  const result = resultOf(run, proposed, commit);
  if (result === undefined) return left('was not run, since other checks fail');
  if (!result.passed) return left('does not pass');
  const base = resultOf(run, proposed, run.created.snapshot.commit);
  if (base === undefined) return left('was not run on the snapshot');
  if (base.passed) return left('passes without the change, too, so it proves nothing');
  if (base.timedOut) return left('took too long on the snapshot');
  const detail = 'The agent’s own check: it fails on the snapshot and passes here.';
  return { criterion, state: 'met', boundBy: 'agent', command, detail };
}
