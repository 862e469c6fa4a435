// What a change did to tests: which are gone, skipped, focused, emptied, or run with fewer cases.
import type { IntegrityFinding } from '../../../shared/task/integrity.ts';
import { compareAssertions } from './compareAssertions.ts';
import { finding, shortened, surplusOf, type FoundAt } from './finding.ts';
import { LivingAssertions } from './livingAssertions.ts';
import { matchTests, type FoundTest, type ReadChange, type TestPair } from './matchTests.ts';

export function compareTests(changes: readonly ReadChange[]): IntegrityFinding[] {
  const matched = matchTests(changes);
  const living = new LivingAssertions(changes, matched);
  const gone = matched.gone.filter((found) => !living.holds(found));
  return [
    ...goneTests(gone),
    ...matched.pairs.flatMap((pair) => comparePair(pair, living)),
    ...changes.flatMap(focusedTests),
  ];
}

/** Of a file that went with all its tests one finding is enough. */
function goneTests(gone: readonly FoundTest[]): IntegrityFinding[] {
  const byFile = Map.groupBy(gone, ({ change }) => change);
  return [...byFile].flatMap(([change, tests]) => {
    const isWhole =
      tests.length > 1 &&
      (change.after?.tests.length ?? 0) === 0 &&
      tests.length === change.before?.tests.length;
    const [first] = tests;
    if (isWhole && first !== undefined) {
      const names = shortened(tests.map(({ test }) => test.name).join(', '), 300);
      const what = `All ${tests.length} tests of the file were deleted: ${names}.`;
      return [finding('testDeleted', placeBefore(first), what)];
    }
    return tests.map((found) =>
      finding(
        'testDeleted',
        placeBefore(found),
        `Test “${found.test.name}” was deleted, or isn’t found as a test any more.`,
      ),
    );
  });
}

function placeBefore({ change, test }: FoundTest): FoundAt {
  return { file: change.oldPath, line: test.line, side: 'before', foundBy: change.before?.foundBy ?? 'text' };
}

function placeAfter({ change, test }: FoundTest, line = test.line): FoundAt {
  return { file: change.path, line, side: 'after', foundBy: change.after?.foundBy ?? 'text' };
}

function comparePair(pair: TestPair, living: LivingAssertions): IntegrityFinding[] {
  const { before, after } = pair;
  const { name, skip, expectsFailure, leftOut } = after.test;
  if (skip !== null && before.test.skip === null)
    return [finding('testSkipped', placeAfter(after, skip.line), `Test “${name}” is skipped: ${skip.what}.`)];
  if (leftOut !== null && before.test.leftOut === null) {
    const what = `Test “${name}” is left out of the usual runs: ${leftOut.what}.`;
    return [finding('testSkipped', placeAfter(after, leftOut.line), what)];
  }
  // What didn't run before can't have lost anything.
  if (before.test.skip !== null) return [];
  const findings = compareCases(pair, living);
  if (expectsFailure !== null && before.test.expectsFailure === null)
    findings.push(
      finding(
        'assertionLoosened',
        placeAfter(after, expectsFailure.line),
        `Test “${name}” now passes where the code fails: ${expectsFailure.what}.`,
      ),
    );
  const real = living.realAfter(after.test);
  const isEmptied =
    living.realBefore(before.test).length > 0 || before.test.statements > 0
      ? after.test.statements === 0 ||
        (real.length === 0 && after.test.statements <= 1 && before.test.assertions.length > 0)
      : false;
  const onlyHelper = living.holds(before);
  if (isEmptied && before.test.statements > 0 && !onlyHelper) {
    const what = after.test.statements === 0 ? 'has no statement any more' : 'asserts nothing any more';
    return [...findings, finding('testEmptied', placeAfter(after), `Test “${name}” ${what}.`)];
  }
  return [
    ...findings,
    ...compareAssertions(pair, living, { before: placeBefore(before), after: placeAfter(after) }),
  ];
}

function compareCases({ before, after }: TestPair, living: LivingAssertions): IntegrityFinding[] {
  const [was, now] = [before.test.cases, after.test.cases];
  const same = (text: string): string => text;
  const skips = (cases: readonly string[]): number =>
    cases.filter((text) => /marks=.*\b(skip|xfail)\b/.test(text)).length;
  if (skips(now) > skips(was)) {
    const what = `A case of test “${after.test.name}” is skipped.`;
    return [finding('testSkipped', placeAfter(after), what)];
  }
  // Without any they come from elsewhere.
  if (now.length === 0 || now.length >= was.length) return [];
  const lost = surplusOf(was, now, same).filter((text) => !living.hasCase(text));
  const missing = lost.length - surplusOf(now, was, same).length;
  if (missing <= 0) return [];
  const what = `Test “${after.test.name}” runs with ${now.length} cases, before with ${was.length}.`;
  return [finding('testDeleted', placeBefore(before), what, lost[0] ?? '')];
}

function focusedTests(change: ReadChange): IntegrityFinding[] {
  const [was, now] = [change.before?.focused.length ?? 0, change.after?.focused ?? []];
  return now
    .slice(was)
    .map(({ line, what }) =>
      finding(
        'testFocused',
        { file: change.path, line, side: 'after', foundBy: change.after?.foundBy ?? 'text' },
        `${what} keeps all other tests from running.`,
      ),
    );
}
