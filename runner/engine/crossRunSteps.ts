// The step that puts tests to the test: the base's tests on the new code, or new tests on the base's code.
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import type { Fact } from '../../shared/task/events.ts';
import type { IntegrityFinding } from '../../shared/task/integrity.ts';
import { isTestByName } from '../../shared/task/testFiles.ts';
import {
  newTestFindings,
  oldTestFindings,
  type CrossedCheck,
  type NewTestFile,
} from '../tasks/crossFindings.ts';
import { filesToTake, testChecks } from '../tasks/crossRuns.ts';
import type { Step } from '../tasks/life.ts';
import type { CheckOutcome } from '../tasks/ports.ts';
import { newTests } from '../tasks/testNames.ts';
import { placeOf, sandboxPlaceOf } from './checkouts.ts';
import { elapsedMs, watcher, type StepCall } from './stepCall.ts';
import { blockedFacts } from './workspaceSteps.ts';

type CrossRunStep = Extract<Step, { kind: 'crossRun' }>;

export async function crossRun(step: CrossRunStep, call: StepCall): Promise<readonly Fact[]> {
  const { run, ports, signal } = call;
  const startedAt = ports.clock.now();
  const { tests, round, commit } = step;
  const snapshot = run.created.snapshot.commit;
  const paths = filesToTake(run.task.files, tests);
  const news = tests === 'newTests' ? await newTestFiles(commit, paths, call) : [];
  if (tests === 'newTests' && news.length === 0) return [nothingNew(step, elapsedMs(ports.clock, startedAt))];
  const [onto, from] = tests === 'baseTests' ? [commit, snapshot] : [snapshot, commit];
  const mixed = await ports.commits.mix(placeOf(run), { onto, from, paths }, signal);
  const log = `round-${round}-${tests === 'baseTests' ? 'base' : 'new'}-tests.log`;
  const { checks, blocked, hasSetUp } = await runChecks(step, mixed, log, call);
  const { findings, note } = hasSetUp
    ? findingsOf(step, paths, checks, news)
    : { findings: [], note: 'The set-up command failed where the tests were exchanged.' };
  const durationMs = elapsedMs(ports.clock, startedAt);
  const data = { round, kind: tests, commit, ran: hasSetUp, note, findings: [...findings], durationMs, log };
  return [{ type: 'crossRunEnded', data }, ...blockedFacts({ blocked })];
}

/** Tests were changed, and none was added. */
function nothingNew({ tests: kind, round, commit }: CrossRunStep, durationMs: number): Fact {
  const told = { ran: false, note: 'No test was added.', findings: [], durationMs, log: null };
  return { type: 'crossRunEnded', data: { round, kind, commit, ...told } };
}

interface CrossedChecks {
  readonly checks: readonly CrossedCheck[];
  readonly blocked: CheckOutcome['blocked'];
  readonly hasSetUp: boolean;
}

/** Runs the checks on the mixed commit, their outputs one after the other in one log. */
async function runChecks(
  { tests }: CrossRunStep,
  commit: string,
  log: string,
  call: StepCall,
): Promise<CrossedChecks> {
  const { run, ports, signal } = call;
  const logFile = ports.logs.fileFor(run.task.id, log);
  const [setUpLog, runLog] = [`${logFile}.set-up`, `${logFile}.run`];
  const watch = watcher(run, ports, 'check');
  await writeFile(logFile, '', { mode: 0o600 });
  const checks: CrossedCheck[] = [];
  const blocked: CheckOutcome['blocked'][number][] = [];
  const planned = testChecks(run);
  const pass = async (
    wanted: readonly (typeof planned)[number][],
  ): Promise<Map<string, CheckOutcome> | null> => {
    await using checkout = await ports.checkouts.openAside({ run, commit, logFile: setUpLog, watch, signal });
    if (checkout.failedSetUp !== null) return null;
    const place = sandboxPlaceOf(run, ports.workspaces, checkout.folder);
    const outcomes = new Map<string, CheckOutcome>();
    for (const { check } of wanted) {
      const outcome = await ports.checks.run(check, { place, logFile: runLog }, signal, watch);
      await appendFile(logFile, `--- ${check.name}: ${check.command} ---\n`);
      await appendFile(logFile, await readFile(runLog));
      blocked.push(...outcome.blocked);
      outcomes.set(check.name, outcome);
    }
    return outcomes;
  };
  try {
    const first = await pass(planned);
    if (first === null) return { checks, blocked, hasSetUp: false };
    const isBroken = planned.some(({ check, isTest }) => isTest && first.get(check.name)?.passed === false);
    // What fails is believed only when it fails twice; what passes proves itself.
    const second = tests === 'baseTests' && isBroken ? await pass(planned) : null;
    for (const { check, isTest } of planned) {
      const outcome = first.get(check.name);
      if (!isTest || outcome === undefined) continue;
      const isIts = ({ name }: { readonly name: string }): boolean => name === check.name;
      const baseline = run.baseline.find(isIts);
      const passedInRound = run.roundChecks.find(isIts)?.passed === true;
      const again = outcome.passed ? null : (second?.get(check.name) ?? null);
      checks.push({ ...outcome, name: check.name, passedInRound, baseline, again });
    }
    return { checks, blocked, hasSetUp: true };
  } finally {
    await Promise.all([setUpLog, runLog].map((file) => rm(file, { force: true })));
  }
}

interface Found {
  readonly findings: readonly IntegrityFinding[];
  readonly note: string;
}

function findingsOf(
  { tests }: CrossRunStep,
  paths: readonly string[],
  checks: readonly CrossedCheck[],
  news: readonly NewTestFile[],
): Found {
  const slow = checks.find(({ timedOut }) => timedOut);
  if (slow !== undefined) return { findings: [], note: `${slow.name} took too long and was ended.` };
  if (tests === 'baseTests') {
    const findings = oldTestFindings(checks, paths);
    const note = findings.length === 0 ? 'The tests as they were before pass on the new code.' : '';
    return { findings, note };
  }
  const { findings, note } = newTestFindings(checks, news);
  const fine = 'New tests fail without the change, as they should.';
  return { findings, note: note === '' && findings.length === 0 ? fine : note };
}

/** Tests of the result that are new: whole files, or tests in files that were there. */
async function newTestFiles(
  commit: string,
  paths: readonly string[],
  { run, ports, signal }: StepCall,
): Promise<NewTestFile[]> {
  const files: NewTestFile[] = [];
  const place = placeOf(run);
  for (const path of paths.filter(isTestByName)) {
    const file = run.task.files.find((other) => other.path === path);
    const text = await ports.commits.textOf(place, commit, path, signal);
    if (file === undefined || text === null) continue;
    const old = file.oldPath ?? path;
    const earlier = await ports.commits.textOf(place, run.created.snapshot.commit, old, signal);
    const tests = newTests(text, earlier, path);
    if (tests.length > 0 || file.status === 'added') files.push({ path, tests });
  }
  return files;
}
