// What backs or doubts a round's commit so far, folded from the log: criteria, the agent's own checks, cross-runs.
import type { EventData, TaskEvent } from '../../shared/task/events.ts';
import type { ProposedCheck } from '../../shared/task/criteria.ts';

export interface Proof {
  /** The agent's newest check for each criterion that it proposed one for. */
  readonly proposals: readonly ProposedCheck[];
  /** Their runs, on the snapshot and on the commits of rounds. */
  readonly proposalRuns: readonly EventData<'checkEnded'>[];
  /** The newest results of the criteria. */
  readonly judged: EventData<'criteriaJudged'> | null;
  /** Changes of protected paths that the newest commit was made without. */
  readonly keptOut: readonly string[];
}

export const noProof: Proof = { proposals: [], proposalRuns: [], judged: null, keptOut: [] };

/** The proof after one more event. */
export function proofAfter(proof: Proof, event: TaskEvent): Proof {
  switch (event.type) {
    case 'checkProposed': {
      const others = proof.proposals.filter(({ criterion }) => criterion !== event.data.criterion);
      return { ...proof, proposals: [...others, event.data] };
    }
    case 'checkEnded':
      if (event.data.proposedFor === undefined) return proof;
      return { ...proof, proposalRuns: [...proof.proposalRuns, event.data] };
    case 'criteriaJudged':
      return { ...proof, judged: event.data };
    case 'bestRoundTaken': {
      const { round, commit, criteria: results } = event.data;
      return { ...proof, judged: results === undefined ? null : { round, commit, results }, keptOut: [] };
    }
    case 'committed':
      return { ...proof, keptOut: event.data.keptOut ?? [] };
    default:
      return proof;
  }
}
