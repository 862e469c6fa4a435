// What the task panel shows around the timeline: the task's state as ready-made words, computed from the task alone.
import type { ChangedFile, EndReason, Verdict } from '../../shared/task/events.ts';
import { doubled } from '../../shared/spec/budget.ts';
import type { Budget } from '../../shared/spec/spec.ts';
import type { QueuePlace } from '../../shared/protocol/queuePlace.ts';
import type { EditorContext } from '../../shared/task/context.ts';
import { isAtLimit } from '../../shared/task/hasEnded.ts';
import { findingCount, isOutdated, judgedCriteria } from '../../shared/task/proof.ts';
import type { CheckState, Question, Task } from '../../shared/task/task.ts';
import type { KnownImages } from './criterionImages.ts';
import {
  criteriaSectionOf,
  evidenceSectionOf,
  integritySectionOf,
  type CriteriaSection,
  type EvidenceReading,
  type EvidenceSection,
  type IntegritySection,
} from './proofSections.ts';
import { resultTone } from './resultLook.ts';
import { blockedOf, type BlockedSection } from './taskAccess.ts';
import type { Tone } from './timelineItems.ts';
import { headerOf, verdictLooks, type HeaderSection } from './timelineHeader.ts';
import { formatCost, formatCount, formatElapsed } from './formatting.ts';
import { countText, shortCommit } from './timelineText.ts';

/** Why a task ended badly and what helps. */
export interface FailureSection {
  readonly title: string;
  readonly message: string;
  readonly remedy: string;
}

/** The limit that ended the work, and what more of it would be. */
export interface LimitSection {
  readonly message: string;
  /** What the task may take in all after doubling. */
  readonly doubled: string;
}

/** A check with how its newest result stands to the result. */
export interface CheckLine extends CheckState {
  /** It ran on an earlier commit: of this one it proves nothing. */
  readonly isOutdated: boolean;
}

export interface ResultSection {
  /** False while the work goes on: then only the newest results of the checks are known. */
  readonly isFinal: boolean;
  readonly verdict: Verdict | null;
  /** One sentence: what was proved, by whom, on what. */
  readonly proof: string;
  readonly checks: readonly CheckLine[];
  /** Nothing is green where it is not good. */
  readonly tone: Tone;
  /** The agent's own account, Markdown; empty where it gave none. */
  readonly summary: string;
}

export interface SpecSection {
  readonly goal: string;
  readonly context: string;
  readonly constraints: string;
  /** False until the agent has started: then the spec is what there is to read. */
  readonly isCollapsed: boolean;
}

export interface ContextSection {
  readonly snapshot: string;
  readonly base: string;
  readonly context: EditorContext;
}

/** Every section as the page gets it; null where there is nothing to show. */
export interface Sections {
  readonly header: HeaderSection;
  readonly question: Question | null;
  readonly failure: FailureSection | null;
  readonly limit: LimitSection | null;
  readonly blocked: BlockedSection | null;
  readonly integrity: IntegritySection | null;
  readonly criteria: CriteriaSection | null;
  readonly result: ResultSection | null;
  readonly evidence: EvidenceSection | null;
  readonly files: readonly ChangedFile[];
  readonly spec: SpecSection;
  readonly context: ContextSection | null;
}

/** What is known of a task beside the task itself. */
export interface Surroundings {
  /** Where it waits for a place. */
  readonly queued?: QueuePlace | null;
  /** Null until the user's repository was asked for it. */
  readonly evidence?: EvidenceReading | null;
  readonly images?: KnownImages | undefined;
}

/** `context` comes from the task's first event; null until that is known. */
export function sectionsOf(
  task: Task,
  context: EditorContext | null,
  { queued = null, evidence = null, images }: Surroundings = {},
): Sections {
  return {
    header: headerOf(task, queued),
    question: task.question,
    failure: failureOf(task),
    limit: limitOf(task),
    blocked: blockedOf(task),
    integrity: integritySectionOf(task),
    criteria: criteriaSectionOf(task, images),
    result: resultOf(task),
    evidence: evidenceSectionOf(task, evidence),
    files: task.files,
    spec: specOf(task),
    context: context === null ? null : { snapshot: task.snapshot.commit, base: task.snapshot.base, context },
  };
}

const endSentences: Readonly<Record<EndReason, string>> = {
  checksPassed: 'The checks passed.',
  noChecks: 'The task has no checks.',
  roundsUsedUp: 'The rounds of its budget are used up.',
  budgetUsedUp: 'Its budget allows no further call of the model.',
  stuck: 'The work went in circles, whatever was changed.',
  agentGaveUp: 'The agent says that it can’t finish this; its reasons are below.',
};

function failureOf(task: Task): FailureSection | null {
  if (task.status !== 'failed' || limitOf(task) !== null) return null;
  if (task.error !== null)
    return { title: 'The task failed', message: task.error.message, remedy: task.error.remedy };
  return {
    title: task.activity,
    message: task.endReason === null ? '' : endSentences[task.endReason],
    remedy: 'Write to the agent below to start another round with a hint, or run the task again.',
  };
}

/** A task at its limit has its work so far delivered, and can go on with more. */
function limitOf(task: Task): LimitSection | null {
  if (!isAtLimit(task) || task.endReason === null) return null;
  const kept = task.commit === null ? 'Nothing was changed.' : 'What was done so far is delivered below.';
  return { message: `${endSentences[task.endReason]} ${kept}`, doubled: budgetText(doubled(task.budget)) };
}

function budgetText({ costUsd, tokens, turns, rounds, wallTimeMs }: Budget): string {
  const parts = [
    formatCost(costUsd),
    `${countText(tokens)} tokens`,
    formatCount(turns, 'turn'),
    formatCount(rounds, 'round'),
    formatElapsed(wallTimeMs),
  ];
  return parts.join(' · ');
}

function resultOf(task: Task): ResultSection | null {
  const isFinal = task.verdict !== null;
  if (!isFinal && task.checks.length === 0) return null;
  return {
    isFinal,
    verdict: task.verdict,
    proof: proofOf(task),
    tone: resultTone(task),
    checks: task.checks.map((check) => ({ ...check, isOutdated: isOutdated(check, task) })),
    summary: task.summary ?? '',
  };
}

function proofOf(task: Task): string {
  if (task.verdict === null) return 'The runner runs these on a clean checkout after each round.';
  if (task.verdict === 'unverified' || task.commit === null) return verdictLooks.unverified.title;
  const checkout = `on a clean checkout of ${shortCommit(task.commit)}`;
  if (task.verdict === 'failed') return `Run by the runner ${checkout}.`;
  const judged = judgedCriteria(task).filter(({ state }) => state === 'toJudge').length;
  const rest =
    judged === 0
      ? ''
      : ` ${judged === 1 ? 'One criterion is' : `${judged} criteria are`} left for you to judge.`;
  if (findingCount(task) > 0)
    return `Passed ${checkout}, run by the runner. Look at the integrity of the tests first.${rest}`;
  return `Proved by the runner ${checkout}.${rest}`;
}

function specOf(task: Task): SpecSection {
  const { goal, context, constraints } = task.spec;
  return {
    goal,
    context,
    constraints,
    isCollapsed: task.turns > 0,
  };
}
