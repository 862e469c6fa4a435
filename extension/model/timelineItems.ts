// What the task panel's timeline is made of: plain data that travels from the extension to the page.
import type { Problem } from '../../shared/task/events.ts';
import type { ProblemAge, ProblemCounts } from '../../shared/task/problemHistory.ts';

/** How far something has come; `interrupted` means that the runner ended in the middle of it. */
export type Progress = 'running' | 'passed' | 'failed' | 'interrupted';

/** A colour with a meaning; the page maps it to the theme. */
export type Tone = 'plain' | 'good' | 'warning' | 'bad' | 'muted';

export interface Chip {
  readonly label: string;
  readonly icon: string;
  readonly tone: Tone;
  /** The longer explanation on hover. */
  readonly title: string;
}

/** The model's words of one turn, Markdown. */
export interface WordsContent {
  readonly kind: 'words';
  readonly markdown: string;
  readonly isRunning: boolean;
}

/** One tool call as a row: `verb` and `object` read as a sentence ("Edited", "src/cart.js"). */
export interface ToolContent {
  readonly kind: 'tool';
  readonly icon: string;
  readonly verb: string;
  readonly object: string;
  readonly progress: Progress;
  /** Of a command, where its outcome names one. */
  readonly exitCode: number | null;
  readonly durationMs: number | null;
}

/** One run of a check by the runner, or the set-up command. */
export interface CheckContent {
  readonly kind: 'check';
  readonly name: string;
  readonly command: string;
  readonly progress: Progress;
  readonly exitCode: number | null;
  readonly timedOut: boolean;
  readonly durationMs: number | null;
  readonly problems: readonly Problem[];
  readonly problemsLeftOut: number;
  /** One for each problem. */
  readonly ages: readonly ProblemAge[];
  /** Problems of the round before that are there no more. */
  readonly gone: readonly Problem[];
  /** Runs that were made on the same commit, where they did not agree; else null. */
  readonly flakyRuns: number | null;
  /** Null for the set-up, which runs in the workspace. */
  readonly commit: string | null;
}

/** A short fact: a retry, a commit, the end. `detail` is a second, quieter line. */
export interface NoteContent {
  readonly kind: 'note';
  readonly icon: string;
  readonly tone: Tone;
  readonly text: string;
  readonly detail: string;
}

export function note(icon: string, tone: Tone, text: string, detail = ''): NoteContent {
  return { kind: 'note', icon, tone, text, detail };
}

export interface QuestionContent {
  readonly kind: 'question';
  readonly text: string;
  readonly defaultAnswer: string;
  readonly answer: { readonly text: string; readonly by: 'person' | 'default' } | null;
}

/** What the user wrote to the agent. */
export interface MessageContent {
  readonly kind: 'message';
  readonly text: string;
}

export type ItemContent =
  WordsContent | ToolContent | CheckContent | NoteContent | QuestionContent | MessageContent;

/** One entry of the timeline. An item with a known `id` replaces the older one. */
export interface TimelineItem {
  readonly id: string;
  /** Place in the whole timeline, from 0, without gaps. */
  readonly order: number;
  readonly round: number;
  /** Null for what happens outside of a turn. */
  readonly turn: number | null;
  /** ISO 8601 time at which it began. */
  readonly at: string;
  /** Whether `detailOf` has more to show when the row is opened. */
  readonly hasDetail: boolean;
  readonly content: ItemContent;
}

/** One round; round 0 is all that happens before the agent's first turn. */
export interface TimelineRound {
  readonly round: number;
  readonly startedAt: string;
  /** Null while it goes on. */
  readonly endedAt: string | null;
  readonly turns: number;
  readonly checksPassed: number;
  readonly checksFailed: number;
  /** What all its checks together found, against the rounds before. */
  readonly problems: ProblemCounts;
}

/** A piece of an opened row: a labelled text in a fixed-width font. */
export interface DetailBlock {
  readonly label: string;
  readonly text: string;
  readonly tone: 'plain' | 'added' | 'removed';
}

export interface ItemDetail {
  readonly blocks: readonly DetailBlock[];
  /** Name of the log on the runner that holds the whole output. */
  readonly log: string | null;
}
