// The step that runs a check: in the round's clean checkout, and again in one of its own where a failure may be chance.
import { appendFile, readFile, rm } from 'node:fs/promises';
import { extname } from 'node:path';
import type { Fact } from '../../shared/task/events.ts';
import { decided, deservesAnotherRun } from '../tasks/flaky.ts';
import type { Step } from '../tasks/life.ts';
import type { CheckOutcome, CheckPlace } from '../tasks/ports.ts';
import type { Run } from '../tasks/run.ts';
import { sandboxPlaceOf, type OpenCheckout } from './checkouts.ts';
import { watcher, type StepCall } from './stepCall.ts';
import { blockedFacts, facts } from './workspaceSteps.ts';

type CheckStep = Extract<Step, { kind: 'check' }>;

/**
 * Nothing but the commit and the set-up decides: the round's checks run in a fresh checkout, one after the other. What the
 * agent proposed has a checkout of its own, and so has what is run again: what the first run left may make it pass.
 */
export async function check(step: CheckStep, call: StepCall): Promise<readonly Fact[]> {
  const { run } = call;
  const { proposedFor, round, commit } = step;
  const { name, command } = step.check;
  const log = `${logNameOf(step, run)}.log`;
  const outcomes = [await runOnce(step, call, log, proposedFor !== undefined)];
  while (proposedFor === undefined && isWorthAnotherRun(outcomes, step, run)) {
    const again = `${logNameOf(step, run)}-run-${outcomes.length + 1}.log`;
    outcomes.push(await runOnce(step, call, again, true));
    await appendLog(call, log, again, `Run ${outcomes.length} of the same check on the same commit`);
  }
  const { outcome, flakyRuns } = decided(outcomes);
  const { passed, problems, problemsLeftOut, coverage, hasImage } = outcome;
  const data = {
    ...{ round, name, command, commit, passed, problems: [...problems], problemsLeftOut },
    ...facts(outcome),
    log,
    ...(proposedFor === undefined ? {} : { proposedFor }),
    ...(flakyRuns === null ? {} : { flakyRuns }),
    ...(coverage === undefined ? {} : { coverage }),
    ...(hasImage === undefined ? {} : { image: imageNameOf(step, run) }),
  };
  const blocked = outcomes.flatMap((one) => one.blocked);
  return [{ type: 'checkEnded', data }, ...blockedFacts({ blocked })];
}

function isWorthAnotherRun(
  outcomes: readonly CheckOutcome[],
  { check, round }: CheckStep,
  run: Run,
): boolean {
  const named = (results: Run['baseline']) => results.find(({ name }) => name === check.name);
  const earlier = round === 0 ? [] : [named(run.baseline), named(run.lastChecks)];
  const leftMs = run.budget.wallTimeMs - run.spent.workedMs;
  return deservesAnotherRun(outcomes, { baseline: earlier[0], before: earlier[1] }, leftMs);
}

async function runOnce(
  step: CheckStep,
  call: StepCall,
  log: string,
  isAside: boolean,
): Promise<CheckOutcome> {
  const { run, ports, signal } = call;
  const watch = watcher(run, ports, 'check');
  const logFile = ports.logs.fileFor(run.task.id, log);
  const wanted = { run, commit: step.commit, logFile, watch, signal };
  const inCheckout = async ({ folder, failedSetUp }: OpenCheckout): Promise<CheckOutcome> => {
    const place = sandboxPlaceOf(run, ports.workspaces, folder);
    const where = { place, logFile, ...measuresOf(step, run) };
    const imageFile = ports.logs.fileFor(run.task.id, imageNameOf(step, run));
    return failedSetUp ?? (await ports.checks.run(step.check, { ...where, imageFile }, signal, watch));
  };
  if (!isAside) return inCheckout(await ports.checkouts.open(wanted));
  await using own = await ports.checkouts.openAside(wanted);
  return await inCheckout(own);
}

function measuresOf({ check, round }: CheckStep, run: Run): Pick<CheckPlace, 'baselineCoverage'> {
  if (round === 0 || check.expect?.kind !== 'coverageNotLower') return {};
  return { baselineCoverage: run.baseline.find(({ name }) => name === check.name)?.coverage ?? null };
}

/** Of every run the whole output stays, in the log of the first. */
async function appendLog({ run, ports }: StepCall, log: string, more: string, title: string): Promise<void> {
  const [file, other] = [log, more].map((name) => ports.logs.fileFor(run.task.id, name)) as [string, string];
  await appendFile(file, `\n--- ${title} ---\n`);
  await appendFile(file, await readFile(other));
  await rm(other, { force: true });
}

function logNameOf({ round, commit, check, proposedFor }: CheckStep, run: Run): string {
  if (proposedFor !== undefined) {
    const where = commit === run.created.snapshot.commit ? 'base' : 'result';
    return `round-${round}-criterion-${proposedFor + 1}-${where}`;
  }
  return `round-${round}-check-${run.created.checks.findIndex(({ name }) => name === check.name) + 1}`;
}

function imageNameOf(step: CheckStep, run: Run): string {
  const extension = step.check.expect?.kind === 'makes' ? extname(step.check.expect.path).toLowerCase() : '';
  return `${logNameOf(step, run)}${extension === '' ? '.png' : extension}`;
}
