// What a change did to the assertions of one test: which are gone, and which say less than before.
import type { IntegrityFinding } from '../../../shared/task/integrity.ts';
import { finding, shortened, surplusOf, type FoundAt } from './finding.ts';
import type { LivingAssertions } from './livingAssertions.ts';
import type { TestPair } from './matchTests.ts';
import type { Assertion } from './reading.ts';

interface Places {
  readonly before: FoundAt;
  readonly after: FoundAt;
}

/** Findings of one test: a test that was rewritten would fill the list otherwise. */
const mostPerTest = 10;

export function compareAssertions(
  { before, after }: TestPair,
  living: LivingAssertions,
  places: Places,
): IntegrityFinding[] {
  const was = withoutRepeats(living.realBefore(before.test));
  const now = withoutRepeats(living.realAfter(after.test));
  const textOf = ({ text }: Assertion): string => text;
  const lost = surplusOf(was, now, textOf);
  const gained = surplusOf(now, was, textOf);
  const name = after.test.name;
  const findings = swallowed(was, now, name, places);
  const unpaired: Assertion[] = [];
  for (const old of lost) {
    const heir = heirOf(old, gained, now);
    if (heir === null) {
      unpaired.push(old);
      continue;
    }
    const index = gained.indexOf(heir);
    if (index >= 0) gained.splice(index, 1);
    const why = whyLooser(old, heir);
    if (why !== null && !living.hasText(old)) findings.push(loosened(old, heir, name, why, places));
  }
  for (const old of unpaired) {
    const [heir] = gained;
    if (heir !== undefined) {
      gained.shift();
      const isOnly = unpaired.length === 1 && gained.length === 0 && was.length === now.length;
      const why = isOnly ? whyEmptier(old, heir) : null;
      if (why !== null && !living.hasAssertion(old)) findings.push(loosened(old, heir, name, why, places));
      continue;
    }
    const usesFunction = surplusOf(now, was, textOf).some(({ byFunction }) => byFunction !== null);
    if (usesFunction || living.hasAssertion(old)) continue;
    const message = `An assertion of test “${name}” is gone.`;
    findings.push(finding('assertionRemoved', { ...places.before, line: old.line }, message, old.text));
  }
  return findings.slice(0, mostPerTest);
}

/** Said twice in a row it says no more. */
function withoutRepeats(assertions: readonly Assertion[]): readonly Assertion[] {
  return assertions.filter(({ text }, index) => assertions[index - 1]?.text !== text);
}

function loosened(
  old: Assertion,
  heir: Assertion,
  name: string,
  why: string,
  { after }: Places,
): IntegrityFinding {
  const message = `An assertion of test “${name}” says less than before: ${why}. Before: ${shortened(old.text, 300)}`;
  const isSnapshot = why === snapshotWords;
  return isSnapshot
    ? finding(
        'snapshotRewritten',
        { ...after, line: heir.line },
        `A snapshot in test “${name}” was rewritten.`,
        heir.text,
      )
    : finding('assertionLoosened', { ...after, line: heir.line }, message, heir.text);
}

/** The strongest new assertion that looks at the same; else one that was there before. */
function heirOf(old: Assertion, gained: readonly Assertion[], now: readonly Assertion[]): Assertion | null {
  const sees = (other: Assertion): boolean =>
    other.operands.some((operand) => old.operands.includes(operand));
  const strongest = (a: Assertion, b: Assertion): number => (b.strength ?? 4) - (a.strength ?? 4);
  const [heir] = gained.filter(sees).sort(strongest);
  // That the same is looked at with the same strength is not the same as the one that went.
  const stronger = now.some(
    (other) =>
      !gained.includes(other) &&
      sees(other) &&
      (other.strength ?? 4) >= (old.strength ?? 0) &&
      other.expectations >= old.expectations,
  );
  if (heir !== undefined && stronger && whyLooser(old, heir) !== null) return null;
  return heir ?? null;
}

/** Of an assertion in the place of one that looked at something else. */
function whyEmptier(old: Assertion, heir: Assertion): string | null {
  if (old.strength !== 4 || heir.strength === null) return null;
  if (heir.strength === 1) return 'it asks only whether something is there';
  const areErrors = /throw|raises/i.test(old.text) && /throw|raises/i.test(heir.text);
  return areErrors && heir.strength < 4 ? 'any error will do' : null;
}

const snapshotWords = 'snapshot';

/** `assertEqual(x, True)` and `assertTrue(x)` ask the same. */
function asksTruth({ literals }: Assertion, { text, strength }: Assertion): boolean {
  const isBoolean = literals.length > 0 && literals.every((literal) => /^(true|false)$/i.test(literal));
  return isBoolean && strength !== 0 && !/truthy|falsy|defined|exist|not\.?_?(null|nil|none)/i.test(text);
}

function whyLooser(old: Assertion, heir: Assertion): string | null {
  if (/inlinesnapshot/i.test(old.text) && /inlinesnapshot/i.test(heir.text)) return snapshotWords;
  if (
    old.strength !== null &&
    heir.strength !== null &&
    heir.strength < old.strength &&
    !asksTruth(old, heir)
  )
    return 'it would hold for more';
  if (heir.wildcards > old.wildcards) return 'part of what is expected is anything';
  const wasExact = old.strength === 4 && old.tolerance === 0;
  if (heir.tolerance > old.tolerance * 1.01 && (old.tolerance > 0 || (wasExact && heir.tolerance > 1e-5)))
    return 'it allows a larger difference';
  if (/throw|raises|rejects/i.test(old.text) && /throw|raises|rejects/i.test(heir.text)) {
    const isAny = old.expectations > 0 && heir.expectations === 0;
    if (isAny || (/\bmatch=/.test(old.text) && !/\bmatch=/.test(heir.text))) return 'any error will do';
  }
  return heir.isSwallowed && !old.isSwallowed ? 'its failure is caught' : null;
}

function swallowed(
  was: readonly Assertion[],
  now: readonly Assertion[],
  name: string,
  { after }: Places,
): IntegrityFinding[] {
  const free = new Set(was.filter(({ isSwallowed }) => !isSwallowed).map(({ text }) => text));
  return now
    .filter(({ isSwallowed, text }) => isSwallowed && free.has(text))
    .map(({ line, text }) =>
      finding(
        'assertionLoosened',
        { ...after, line },
        `The failure of an assertion of test “${name}” is caught and forgotten, or nobody waits for it.`,
        text,
      ),
    );
}
