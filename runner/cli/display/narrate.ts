// Tells the events of one task as lines that a person reads from top to bottom.
import type { EventData, TaskEvent } from '../../../shared/task/events.ts';
import { clockTime } from '../../../shared/task/activityText.ts';
import { toolActivity } from '../../../shared/task/applyEvent.ts';
import { isProof } from '../../../shared/task/applyProof.ts';
import { branchNameFor } from '../../../shared/task/branchName.ts';
import { findingCount, keptOutText } from '../../../shared/task/proof.ts';
import { cleanText, firstLine, lastLines } from './displayWidth.ts';
import { line, type Line } from './line.ts';
import { narrateCheck } from './narrateCheck.ts';
import { narrateEnd } from './narrateEnd.ts';
import { narrateProof, proofOf, proposalRun, type KnownProof } from './narrateProof.ts';
import { accessBlocked, networkAllowed, sandboxChanged } from './network.ts';
import { cost, count, duration, shortCommit, tokens, moment } from './quantities.ts';

/** Where the story stands: which heading was printed last, which round it is, and how many rounds have ended. */
export interface Place {
  /** The branch that a check-out makes; empty before the first event, which has the title. */
  readonly branch: string;
  readonly section: string;
  /** 0 before the first. */
  readonly round: number;
  readonly roundsEnded: number;
  readonly proof: KnownProof;
}

/** `milestones` is for watching; `everything` adds what the tools and commands answered. */
export type Detail = 'milestones' | 'everything';

export const beginning: Place = {
  branch: '',
  section: '',
  round: 0,
  roundsEnded: 0,
  proof: { criteria: [], commit: null },
};

/** The lines that tell `event`, which follows all those told before it, and where the story stands then. */
export function narrate(
  place: Place,
  event: TaskEvent,
  detail: Detail = 'milestones',
): { readonly place: Place; readonly lines: readonly Line[] } {
  const branch =
    event.type === 'taskCreated'
      ? branchNameFor({ id: event.taskId, title: event.data.spec.title })
      : place.branch;
  const round = roundOf(place, event);
  const section = sectionOf(place.section, event, round);
  const heading = section === place.section ? [] : [line(section, { tone: 'heading' })];
  const roundsEnded = event.type === 'commitStarted' ? event.data.round : place.roundsEnded;
  const proof = proofOf(place.proof, event);
  return {
    place: { branch, section, round, roundsEnded, proof },
    lines: [...heading, ...linesOf(event, detail, { branch, proof })],
  };
}

function roundOf(place: Place, event: TaskEvent): number {
  switch (event.type) {
    case 'checkStarted':
    case 'checkEnded':
    case 'commitStarted':
      return event.data.round;
    case 'turnStarted':
      return place.roundsEnded + 1;
    default:
      return place.round;
  }
}

function sectionOf(current: string, event: TaskEvent, round: number): string {
  switch (event.type) {
    case 'setUpStarted':
      return 'Preparation';
    case 'checkStarted':
    case 'checkEnded':
    case 'turnStarted':
    case 'commitStarted':
      return round === 0 ? 'Baseline, before the agent starts' : `Round ${round}`;
    case 'delivered':
      return 'Result';
    default:
      return current;
  }
}

function linesOf(
  event: TaskEvent,
  detail: Detail,
  { branch, proof }: Pick<Place, 'branch' | 'proof'>,
): readonly Line[] {
  switch (event.type) {
    case 'taskCreated':
      return created(event.taskId, event.data);
    case 'prepared':
      return [line('Workspace ready', { mark: '✔', tone: 'good', aside: duration(event.data.durationMs) })];
    case 'setUpEnded':
      return setUpEnded(event.data, detail);
    case 'checkEnded':
      if (event.data.proposedFor !== undefined) return [proposalRun(event.data)];
      return narrateCheck(event.data, detail);
    case 'modelRetried':
      return [modelRetried(event.data)];
    case 'rateLimited': {
      const { endpoint, until } = event.data;
      const text = `Waiting for the rate limit of ${endpoint}, until ${clockTime(until)}`;
      return [line(text, { depth: 1, mark: '↻', tone: 'quiet' })];
    }
    case 'turnAnswered':
      return turnAnswered(event.data, detail);
    case 'toolEnded':
      return toolEnded(event.data, detail);
    case 'compacted':
      return [line('Shortened the conversation to fit the model’s window', { depth: 1, tone: 'quiet' })];
    case 'questionAsked':
      return questionAsked(event.data);
    case 'questionAnswered':
      return [answered(event.data)];
    case 'messageReceived':
      return [line(cleanText(event.data.text), { depth: 1, mark: '»', tone: 'accent' })];
    case 'committed':
      return committed(event.data, detail);
    case 'accessBlocked':
      return [accessBlocked(event.data)];
    case 'networkAllowed':
      return [networkAllowed(event.data)];
    case 'sandboxChanged':
      return [sandboxChanged(event.data)];
    case 'workspaceLost':
      return [workspaceLost(event.data)];
    case 'diskFull':
      return [line('Waiting for room: the runner’s disk is full', { mark: '!', tone: 'attention' })];
    case 'interrupted':
      return [
        line(`The runner ended during: ${cleanText(event.data.step)}`, { mark: '!', tone: 'attention' }),
      ];
    default:
      return isProof(event)
        ? narrateProof(event, proof, detail)
        : narrateEnd(event, { branch, findings: findingCount(proof) });
  }
}

function created(taskId: string, data: EventData<'taskCreated'>): Line[] {
  const from = `${data.repository.branch ?? 'detached HEAD'} at ${shortCommit(data.snapshot.base)}`;
  return [
    line(cleanText(data.spec.title), { tone: 'heading', aside: taskId }),
    line(`${cleanText(data.repository.name)}, ${cleanText(from)}, with all uncommitted work`, {
      tone: 'quiet',
    }),
    line(`${data.model}, ${count(data.checks.length, 'check')}`, { tone: 'quiet' }),
  ];
}

function setUpEnded(data: EventData<'setUpEnded'>, detail: Detail): Line[] {
  const hasPassed = data.exitCode === 0;
  if (data.cached === true) {
    const text = `Set-up from the cache in ${duration(data.durationMs)}`;
    return [line(text, { depth: 1, mark: '✔', tone: 'good' })];
  }
  const outcome = line('Set-up', {
    depth: 1,
    mark: hasPassed ? '✔' : '✖',
    tone: hasPassed ? 'good' : 'bad',
    aside: `exit code ${data.exitCode} · ${duration(data.durationMs)}`,
  });
  return hasPassed && detail === 'milestones' ? [outcome] : [outcome, ...quoted(data.tail, detail)];
}

function turnAnswered(data: EventData<'turnAnswered'>, detail: Detail): Line[] {
  const calls = data.toolCalls
    .filter(({ name }) => name !== 'finish')
    .map((call) => firstLine(toolActivity(call)))
    .join(' · ');
  const words = detail === 'everything' ? lastLines(data.text, 200) : [firstLine(data.text)].filter(Boolean);
  const usage = `${tokens(data.usage.inputTokens + data.usage.outputTokens)} · ${cost(data.costUsd)}`;
  const act = calls === '' ? 'Ends its work on this round' : calls;
  return [
    line(act, { depth: 1, mark: String(data.turn).padStart(2), tone: 'accent', aside: usage }),
    ...words.map((text) => line(text, { depth: 3, tone: 'quiet' })),
  ];
}

function toolEnded(data: EventData<'toolEnded'>, detail: Detail): Line[] {
  const exit = typeof data.exitCode === 'number' ? `exit code ${data.exitCode}` : '';
  const failure = data.ok
    ? []
    : [
        line(`${data.name}: ${exit || firstLine(data.text)}`, {
          depth: 2,
          mark: '!',
          tone: 'attention',
          aside: endedForOf(data.text),
        }),
      ];
  if (detail === 'milestones') return failure;
  return [
    line(data.name, {
      depth: 2,
      mark: data.ok ? '✔' : '!',
      tone: data.ok ? 'good' : 'attention',
      aside: [exit, duration(data.durationMs)].filter(Boolean).join(' · '),
    }),
    ...quoted(data.text, detail),
  ];
}

/** What the runner says in the output of a command that it ended for using too much. */
function endedForOf(output: string): string {
  return cleanText(/^\[(The runner ended this command: .+)\]$/m.exec(output)?.[1] ?? '');
}

function modelRetried(data: EventData<'modelRetried'>): Line {
  if (data.attempt === 0) {
    const text = `Waiting for the model: ${firstLine(data.reason)}`;
    return line(text, { depth: 1, mark: '↻', tone: 'quiet', aside: `at least ${duration(data.waitMs)}` });
  }
  return line(
    `The model does not answer (${firstLine(data.reason)}); trying again in ${duration(data.waitMs)}`,
    {
      depth: 1,
      mark: '↻',
      tone: 'attention',
      aside: `attempt ${data.attempt}`,
    },
  );
}

function workspaceLost({ reason }: EventData<'workspaceLost'>): Line {
  const why = reason === 'machineRestarted' ? 'The machine was started again' : 'The workspace was lost';
  const text = `${why}; the workspace is made again from the newest checkpoint`;
  return line(text, { mark: '!', tone: 'attention' });
}

function questionAsked(data: EventData<'questionAsked'>): Line[] {
  return [
    line(cleanText(data.text), { depth: 1, mark: '?', tone: 'attention' }),
    line(`Without an answer until ${moment(data.deadlineAt)} it takes: ${firstLine(data.defaultAnswer)}`, {
      depth: 2,
      tone: 'quiet',
    }),
  ];
}

function answered(data: EventData<'questionAnswered'>): Line {
  const who = data.by === 'default' ? 'taken by default at the deadline' : 'your answer';
  return line(cleanText(data.text), { depth: 1, mark: '»', tone: 'accent', aside: who });
}

function committed(data: EventData<'committed'>, detail: Detail): Line[] {
  const [added, removed] = [
    sum(data.files.map((file) => file.added)),
    sum(data.files.map((file) => file.removed)),
  ];
  const keptOut = cleanText(keptOutText(data));
  const size = `${count(data.files.length, 'file')} +${added} −${removed}`;
  const shown = detail === 'everything' ? data.files : data.files.slice(0, 6);
  const names = shown.map(({ path }) => cleanText(path)).join(', ');
  const more = data.files.length > shown.length ? ` and ${data.files.length - shown.length} more` : '';
  return [
    line(`Commit ${shortCommit(data.commit)}`, {
      depth: 1,
      mark: '●',
      tone: 'accent',
      aside: data.files.length === 0 ? 'nothing changed' : `${size}  ${names}${more}`,
    }),
    ...(keptOut === '' ? [] : [line(keptOut, { depth: 1, mark: '!', tone: 'attention' })]),
  ];
}

function quoted(text: string, detail: Detail): Line[] {
  return lastLines(text, detail === 'everything' ? 1_000 : 5).map((shown) =>
    line(shown, { depth: 3, tone: 'quiet' }),
  );
}

function sum(values: readonly (number | null)[]): number {
  return values.reduce<number>((total, value) => total + (value ?? 0), 0);
}
