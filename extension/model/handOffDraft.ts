// A hand-off before it is sent, and how its preview shows it: what ships, what stays, and every choice.
import { expectationText } from '../../shared/spec/expectation.ts';
import { isBeyondRegistries, networkWords, type Network } from '../../shared/spec/network.ts';
import { withinLimits, type NetworkLimit } from '../../shared/spec/resolvePlan.ts';
import type { Check, Spec } from '../../shared/spec/spec.ts';
import type { EditorContext } from '../../shared/task/context.ts';
import type { SecretSign } from '../../shared/secrets/findSecrets.ts';
import { secretWords } from '../../shared/secrets/secretWords.ts';
import { formatCount, formatOneLine, formatSize } from './formatting.ts';

/** A file that the hand-off ships beyond the last commit. */
export interface ShippedFile {
  readonly path: string;
  readonly change: 'modified' | 'added' | 'deleted' | 'renamed' | 'typeChanged' | 'untracked' | 'included';
  readonly sizeBytes: number;
  /** Signs of secrets in it, which go along. */
  readonly secrets?: readonly SecretSign[];
}

/** A path that stays behind, with the reason in words. */
export interface LeftBehind {
  readonly path: string;
  readonly reason: string;
  /** The file that would go along if the user insisted; null where that isn't possible. */
  readonly withheld: ShippedFile | null;
}

export interface DraftCheck extends Check {
  readonly isEnabled: boolean;
}

/** Which parts of the editor's knowledge go along. */
export type ContextPart = 'activeFile' | 'selections' | 'openFiles' | 'problems';

export interface HandOffDraft {
  readonly spec: Spec;
  readonly checks: readonly DraftCheck[];
  /** Where the checks were found, for people. */
  readonly checkSource: string;
  readonly setUp: string | null;
  /** Null for the runner's own choice. */
  readonly model: string | null;
  readonly context: EditorContext;
  readonly leftOutContext: ReadonlySet<ContextPart>;
  readonly files: readonly ShippedFile[];
  /** Untracked files that the user leaves out. */
  readonly skip: ReadonlySet<string>;
  readonly leftBehind: readonly LeftBehind[];
  readonly head: string;
  readonly branch: string | null;
  /** Notes on the repository's state: a merge in progress, large files in LFS. */
  readonly notes: readonly string[];
  /** Where it goes, for people. */
  readonly runnerName: string;
  /** The model that the runner itself would choose; null where it has none. */
  readonly runnerModel: string | null;
  readonly chosenNetwork: Network;
  /** What spec and project allow at most: they narrow whatever the user chooses. */
  readonly networkLimits: readonly NetworkLimit[];
  /** True where nothing on the runner holds commands to any network. */
  readonly isUnsandboxed: boolean;
  /** Variables of the runner that commands get, by name: chosen here alone. */
  readonly secrets: readonly string[];
}

export type PreviewChoice =
  | {
      readonly kind:
        | ('handOff' | 'files' | 'leftBehind' | 'addCheck' | 'setUp' | 'model' | 'context' | 'goal')
        | ('network' | 'none');
    }
  | { readonly kind: 'check'; readonly index: number };

/** One row of the preview; a separator has no choice. */
export interface PreviewRow {
  readonly label: string;
  readonly description: string;
  readonly choice: PreviewChoice | null;
}

/** True for a file that can be left out: git doesn't track it. */
export function canStay({ change }: Pick<ShippedFile, 'change'>): boolean {
  return change === 'untracked' || change === 'included';
}

/** The draft with a withheld file among those that ship: the user insists. */
export function insistOn(draft: HandOffDraft, withheld: ShippedFile): HandOffDraft {
  return {
    ...draft,
    files: [...draft.files, withheld],
    skip: new Set([...draft.skip].filter((path) => path !== withheld.path)),
    leftBehind: draft.leftBehind.filter(({ path }) => path !== withheld.path),
  };
}

/** The paths that don't ship: what the user left out, and of what the hand-off left out all but what the user insisted on. */
export function skippedPaths(draft: HandOffDraft, leftOut: readonly string[]): string[] {
  const shipped = new Set(draft.files.map(({ path }) => path));
  return [...draft.skip, ...leftOut.filter((path) => !shipped.has(path))];
}

/** The rows of the preview, the hand-off itself first. */
export function previewRows(draft: HandOffDraft): readonly PreviewRow[] {
  return [
    row({ kind: 'handOff' }, '$(send-to-remote-agent) Hand Off', `to ${draft.runnerName}`),
    separator('Ships'),
    row({ kind: 'none' }, `$(git-commit) ${draft.head.slice(0, 10)}`, draft.branch ?? 'detached HEAD'),
    ...fileRows(draft),
    ...draft.notes.map((note) => row({ kind: 'none' }, `$(info) ${note}`, '')),
    separator('Done means'),
    ...draft.checks.map((check, index) =>
      row(
        { kind: 'check', index },
        `$(${check.isEnabled ? 'check' : 'circle-large'}) ${checkLabel(check)}`,
        checkNote(check),
      ),
    ),
    row(
      { kind: 'addCheck' },
      '$(add) Add a Check…',
      draft.checks.length === 0 ? 'without one the result stays unverified' : draft.checkSource,
    ),
    row({ kind: 'setUp' }, '$(tools) Set-Up', draft.setUp ?? 'none'),
    separator('Commands may reach'),
    networkRow(draft),
    ...secretsRows(draft),
    separator('Goes along'),
    row({ kind: 'goal' }, '$(target) Goal', formatOneLine(draft.spec.goal, 100)),
    row({ kind: 'context' }, '$(list-selection) Context', contextWords(draft)),
    row({ kind: 'model' }, '$(sparkle) Model', modelWords(draft)),
  ];
}

/** What commands may reach in the end. */
export function chosenNetwork(draft: Pick<HandOffDraft, 'chosenNetwork' | 'networkLimits'>): Network {
  return withinLimits(draft.chosenNetwork, draft.networkLimits).network;
}

/** The context without the parts that the user left out. */
export function chosenContext(draft: Pick<HandOffDraft, 'context' | 'leftOutContext'>): EditorContext {
  const { context, leftOutContext } = draft;
  return {
    ...context,
    ...(leftOutContext.has('activeFile') ? { activeFile: null } : {}),
    ...(leftOutContext.has('selections') ? { selections: [] } : {}),
    ...(leftOutContext.has('openFiles') ? { openFiles: [] } : {}),
    ...(leftOutContext.has('problems') ? { problems: [], problemsLeftOut: 0 } : {}),
  };
}

/** The checks that are switched on, as the runner takes them. */
export function chosenChecks(draft: Pick<HandOffDraft, 'checks'>): Check[] {
  return draft.checks
    .filter(({ isEnabled }) => isEnabled)
    .map(({ name, command, timeoutMs, expect }) => ({
      ...{ name, command, timeoutMs },
      ...(expect === undefined ? {} : { expect }),
    }));
}

/** How each part of the context is named and counted; a part that is empty isn't offered. */
export function contextParts(
  context: EditorContext,
): readonly { readonly part: ContextPart; readonly label: string; readonly detail: string }[] {
  const problems = context.problems.length + context.problemsLeftOut;
  const parts = [
    { part: 'activeFile', label: 'Active file', detail: context.activeFile ?? '' },
    {
      part: 'selections',
      label: formatCount(context.selections.length, 'selection'),
      detail: context.selections.map(({ path, startLine }) => `${path}:${startLine}`).join(', '),
    },
    {
      part: 'openFiles',
      label: formatCount(context.openFiles.length, 'open file'),
      detail: context.openFiles.join(', '),
    },
    {
      part: 'problems',
      label: formatCount(problems, 'problem'),
      detail: formatOneLine(
        context.problems.map(({ path, message }) => `${path}: ${message}`).join(', '),
        200,
      ),
    },
  ] as const;
  return parts.filter(({ detail }) => detail !== '');
}

function fileRows(draft: HandOffDraft): PreviewRow[] {
  const shipped = draft.files.filter(({ path }) => !draft.skip.has(path));
  const untracked = shipped.filter(canStay).length;
  const size = formatSize(shipped.reduce((sum, file) => sum + file.sizeBytes, 0));
  const files =
    shipped.length === 0
      ? row({ kind: draft.files.length === 0 ? 'none' : 'files' }, '$(files) No uncommitted changes', '')
      : row(
          { kind: 'files' },
          `$(files) ${formatCount(shipped.length, 'changed file')}`,
          untracked === 0 ? size : `${size}, ${untracked} untracked`,
        );
  const behind = draft.leftBehind.length + draft.skip.size;
  const secrets = secretRows(shipped);
  if (behind === 0) return [files, ...secrets];
  const reasons = [...new Set(draft.leftBehind.map(({ reason }) => reason))];
  if (draft.skip.size > 0) reasons.push('left out by you');
  const stay = behind === 1 ? 'stays' : 'stay';
  return [
    files,
    row(
      { kind: 'leftBehind' },
      `$(warning) ${formatCount(behind, 'path')} ${stay} behind`,
      reasons.join(', '),
    ),
    ...secrets,
  ];
}

function secretRows(shipped: readonly ShippedFile[]): PreviewRow[] {
  return shipped.flatMap(({ path, secrets = [] }) =>
    secrets.length === 0
      ? []
      : [row({ kind: 'none' }, `$(warning) ${path} goes along with a secret`, secretWords(secrets))],
  );
}

function checkLabel(check: DraftCheck): string {
  const expected = check.expect === undefined ? '' : `: ${expectationText(check.expect)}`;
  return `${formatOneLine(check.command, 80)}${formatOneLine(expected, 80)}`;
}

function checkNote(check: DraftCheck): string {
  const name = check.name === check.command ? '' : check.name;
  return [name, check.isEnabled ? '' : 'off'].filter((part) => part !== '').join(', ');
}

function contextWords(draft: HandOffDraft): string {
  const words = contextParts(draft.context)
    .filter(({ part }) => !draft.leftOutContext.has(part))
    .map(({ label }) => label.toLowerCase());
  const files = draft.context.instructionFiles;
  return [...words, ...files].join(', ') || 'none';
}

function networkRow(draft: HandOffDraft): PreviewRow {
  const { network, narrowedBy } = withinLimits(draft.chosenNetwork, draft.networkLimits);
  if (draft.isUnsandboxed)
    return row({ kind: 'network' }, '$(unlock) Network', 'everything: this runner has no sandbox');
  const isBeyond = isBeyondRegistries(network);
  const parts = [
    formatOneLine(networkWords(network), 100),
    isBeyond ? 'your code can be sent there' : '',
    narrowedBy.length === 0 ? '' : `narrowed by ${narrowedBy.join(' and ')}`,
  ];
  const words = parts.filter((part) => part !== '').join(' · ');
  return row({ kind: 'network' }, `$(${isBeyond ? 'warning' : 'globe'}) Network`, words);
}

function secretsRows({ secrets }: HandOffDraft): PreviewRow[] {
  return secrets.length === 0
    ? []
    : [row({ kind: 'network' }, '$(warning) Secrets of the runner', secrets.join(', '))];
}

function modelWords(draft: HandOffDraft): string {
  if (draft.model !== null) return draft.model;
  return draft.runnerModel === null
    ? 'the runner has none yet'
    : `${draft.runnerModel} (the runner’s choice)`;
}

function row(choice: PreviewChoice, label: string, description: string): PreviewRow {
  return { label, description, choice };
}

function separator(label: string): PreviewRow {
  return { label, description: '', choice: null };
}
