// One row of the timeline in each of its kinds.
import type { Problem } from '../../shared/task/events.ts';
import {
  countsText,
  noProblems,
  problemText,
  withChange,
  type ProblemAge,
} from '../../shared/task/problemHistory.ts';
import type {
  CheckContent,
  ItemDetail,
  NoteContent,
  QuestionContent,
  TimelineItem,
  ToolContent,
} from '../model/timelineItems.ts';
import { formatCount, formatDuration, moreText } from '../model/formatting.ts';
import { checkRow, flakyTag, joinFacts, progressLooks } from './checkRow.ts';
import { button, element, icon, type Child } from './dom.ts';
import { markdownView } from './markdownView.ts';
import type { PageState } from './pageState.ts';

/** Milliseconds from which on a duration is worth a place in the row. */
const shortestMs = 100;

/** The row's element; one that opens asks for its detail the first time. */
export function itemView(item: TimelineItem, state: PageState): HTMLElement {
  const { content } = item;
  switch (content.kind) {
    case 'words':
      return wordsView(content.markdown, content.isRunning);
    case 'tool':
      return openable(item, state, toolRow(content), []);
    case 'check':
      return openable(item, state, checkParts(content), problemRows(content, state));
    case 'note':
      return openable(item, state, noteRow(content), []);
    case 'question':
      return questionView(content);
    case 'message':
      return element(
        'div',
        { class: 'message' },
        element('p', { class: 'quiet' }, icon('account'), 'You wrote'),
        element('p', { class: 'verbatim' }, content.text),
      );
  }
}

/** The blocks of an opened row. */
export function detailView({ blocks, log }: ItemDetail, state: PageState): HTMLElement[] {
  const views = blocks.flatMap(({ label, text, tone }) => [
    element('p', { class: 'blockLabel' }, label),
    element('pre', { class: `block ${tone}`, attributes: { tabindex: '0', 'aria-label': label } }, text),
  ]);
  if (log === null)
    return views.length > 0 ? views : [element('p', { class: 'quiet' }, 'Nothing more is known.')];
  const open = (): void => state.post({ type: 'readLog', log });
  return [...views, button({ class: 'button' }, open, icon('go-to-file'), 'Open the Whole Output')];
}

function wordsView(markdown: string, isRunning: boolean): HTMLElement {
  if (!isRunning)
    return markdown.trim() === '' ? element('div', { class: 'nothing' }) : markdownView(markdown);
  return element('div', { class: 'thinking quiet' }, icon('loading', { isSpinning: true }), 'Thinking');
}

function openable(
  item: TimelineItem,
  state: PageState,
  row: readonly Child[],
  after: readonly Child[],
): HTMLElement {
  if (!item.hasDetail) return element('div', {}, element('div', { class: 'row' }, ...row), ...after);
  const detail = element('div', { class: 'detail' });
  const summary = element(
    'summary',
    { class: 'row press' },
    ...row,
    icon('chevron-right', { class: 'twistie' }),
  );
  const details = element('details', {}, summary, detail);
  details.addEventListener('toggle', () => {
    if (details.open && detail.childElementCount === 0) state.post({ type: 'openDetail', itemId: item.id });
  });
  return element('div', {}, details, ...after);
}

function toolRow(tool: ToolContent): Child[] {
  const isOdd = tool.progress !== 'passed';
  const look = progressLooks[tool.progress];
  const hasFailed = tool.progress === 'failed' || (tool.exitCode !== null && tool.exitCode !== 0);
  return [
    tool.progress === 'running'
      ? icon('loading', { isSpinning: true })
      : icon(tool.icon, { class: 'tone-muted' }),
    element('span', { class: 'verb' }, tool.verb),
    tool.object === '' ? null : element('code', { class: 'object', title: tool.object }, tool.object),
    element('span', { class: 'grow' }),
    element(
      'span',
      { class: hasFailed ? 'meta tone-bad' : 'meta' },
      joinFacts(
        isOdd && tool.progress !== 'running' && tool.exitCode === null ? look.word.toLowerCase() : null,
        tool.exitCode === null ? null : `exit ${tool.exitCode}`,
        tool.durationMs === null || tool.durationMs < shortestMs ? null : formatDuration(tool.durationMs),
      ),
    ),
  ];
}

function checkParts(check: CheckContent): Child[] {
  const problemCount = check.problems.length + check.problemsLeftOut;
  const counts = withChange(noProblems, { ages: check.ages, gone: check.gone });
  // Where all problems are new there is nothing to tell apart.
  const isTold = counts.new < check.ages.length || counts.gone > 0;
  const tag = isTold ? element('span', { class: 'meta counts' }, countsText(counts)) : null;
  const flaky = flakyTag(check.flakyRuns !== null, check.flakyRuns ?? undefined);
  return checkRow({ ...check, problemCount }, progressLooks[check.progress], flaky, tag);
}

/** Problems that are shown with a check at first. */
const problemLimit = 5;

const ageWords: Readonly<Record<ProblemAge, string>> = {
  new: 'new',
  stays: 'still there',
  alreadyFailing: 'already failing',
};

/** New problems first, those that the agent did not bring last. */
function problemRows({ problems, problemsLeftOut, ages, gone }: CheckContent, state: PageState): Child[] {
  if (problems.length === 0) return goneRows(gone);
  const isMixed = new Set(ages).size > 1 || ages.includes('alreadyFailing');
  const aged = problems.map((problem, index) => ({ problem, age: ages[index] ?? 'new' }));
  const sorted = Object.keys(ageWords).flatMap((age) => aged.filter((one) => one.age === age));
  const rowOf = ({ problem, age }: (typeof aged)[number]): HTMLElement =>
    element('li', {}, problemRow(problem, isMixed ? ageWords[age] : null, state));
  const list = element('ul', { class: 'rows problems' }, ...sorted.slice(0, problemLimit).map(rowOf));
  const rest = sorted.slice(problemLimit);
  if (rest.length > 0) {
    const showRest = (): void => last.replaceWith(...rest.map(rowOf));
    const last = element('li', {}, button({ class: 'button more' }, showRest, `Show ${rest.length} More`));
    list.append(last);
  }
  if (problemsLeftOut > 0)
    list.append(element('li', { class: 'quiet' }, `${moreText(problemsLeftOut)} in the log`));
  return [list, ...goneRows(gone)];
}

/** What the round before had and this one has not: closed, since there is nothing to do about it. */
function goneRows(gone: readonly Problem[]): Child[] {
  if (gone.length === 0) return [];
  const title = `${formatCount(gone.length, 'problem')} gone since the round before`;
  const summary = element(
    'summary',
    { class: 'row press quiet' },
    icon('chevron-right', { class: 'twistie' }),
    title,
  );
  const rowOf = (problem: Problem): HTMLElement => {
    const place = [problem.file, problem.line].filter((part) => part !== null).join(':');
    return element(
      'li',
      { class: 'row wraps quiet' },
      icon('check', { class: 'tone-muted' }),
      element('span', { class: 'problem' }, problemText(problem)),
      place === '' ? null : element('code', { class: 'place quiet' }, place),
    );
  };
  return [
    element(
      'details',
      { class: 'gone' },
      summary,
      element('ul', { class: 'rows problems' }, ...gone.map(rowOf)),
    ),
  ];
}

/** `age` is null where it is that of all. */
function problemRow(problem: Problem, age: string | null, state: PageState): HTMLElement {
  const { file, line, column, severity } = problem;
  const look = severity === 'error' ? { name: 'error', tone: 'bad' } : { name: 'warning', tone: 'warning' };
  const children: Child[] = [
    icon(look.name, { class: `tone-${look.tone}` }),
    element('span', { class: 'unseen' }, `${severity}: `),
    element('span', { class: 'problem' }, problemText(problem)),
    age === null ? null : element('span', { class: 'quiet' }, age),
  ];
  if (file === null) return element('div', { class: 'row wraps' }, ...children);
  const place = [file, line, line === null ? null : column].filter((part) => part !== null).join(':');
  const open = (): void => state.post({ type: 'openProblem', path: file, line, column });
  const options = { class: 'row wraps press', title: `Open ${place}` };
  return button(options, open, ...children, element('code', { class: 'place' }, place));
}

function noteRow({ icon: name, tone, text, detail }: NoteContent): Child[] {
  return [
    icon(name, { class: `tone-${tone}` }),
    element(
      'span',
      { class: 'noteText' },
      element('span', { class: `tone-${tone}` }, text),
      detail === '' ? null : element('span', { class: 'quiet' }, ` ${detail}`),
    ),
    element('span', { class: 'grow' }),
  ];
}

function questionView({ text, defaultAnswer, answer }: QuestionContent): HTMLElement {
  const answered =
    answer === null
      ? element('p', { class: 'quiet' }, `No answer yet; the default is: ${defaultAnswer}`)
      : element(
          'p',
          { class: 'verbatim' },
          element(
            'span',
            { class: 'quiet' },
            answer.by === 'person' ? 'You answered: ' : 'No answer in time; it went on with: ',
          ),
          answer.text,
        );
  return element(
    'div',
    { class: 'message question' },
    element('p', { class: 'quiet' }, icon('comment-unresolved'), 'The agent asked'),
    markdownView(text),
    answered,
  );
}
