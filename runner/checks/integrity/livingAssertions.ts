// Knows where assertions live on after a change: in another test, in a function that tests call, in a table of cases.
import { surplusOf } from './finding.ts';
import type { FoundTest, MatchedTests, ReadChange } from './matchTests.ts';
import { similarityOf } from './matchTests.ts';
import type { Assertion, OtherAssertion, Reading, TestCase } from './reading.ts';

export class LivingAssertions {
  /** Assertions of which there are fewer than before, wherever they stood. */
  readonly #lost: ReadonlySet<string>;
  readonly #gainedWords: readonly ReadonlySet<string>[];
  readonly #gainedCases: string;
  readonly #lostCases: ReadonlySet<string>;
  readonly #idleBefore: ReadonlySet<string>;
  readonly #idleAfter: ReadonlySet<string>;
  readonly #added: readonly FoundTest[];

  constructor(changes: readonly ReadChange[], { added }: MatchedTests) {
    const sides = (side: 'before' | 'after'): Reading[] => changes.flatMap((change) => change[side] ?? []);
    this.#idleBefore = idleIn(sides('before'));
    this.#idleAfter = idleIn(sides('after'));
    const called = sides('after').flatMap(({ tests }) => tests.map(({ words }) => words));
    const isCalled = ({ functionName, isCalledHere }: OtherAssertion): boolean =>
      functionName === '' || isCalledHere || called.some((words) => words.has(functionName));
    const before = sides('before').flatMap((reading) => allAssertions(reading, () => true));
    const after = sides('after')
      .flatMap((reading) => allAssertions(reading, isCalled))
      .filter((assertion) => this.#isReal(assertion, this.#idleAfter));
    const gained = surplusOf(after, before, ({ text }) => text);
    this.#lost = new Set(surplusOf(before, after, ({ text }) => text).map(({ text }) => text));
    this.#gainedWords = gained.map(
      ({ literals, text }) => new Set([...literals, ...(text.match(/\w+/g) ?? [])]),
    );
    const cases = (side: 'before' | 'after'): string[] =>
      sides(side).flatMap(({ tests }) => tests.flatMap((test) => test.cases));
    const [casesBefore, casesAfter] = [cases('before'), cases('after')];
    this.#gainedCases = surplusOf(casesAfter, casesBefore, (text) => text).join('\n');
    this.#lostCases = new Set(surplusOf(casesBefore, casesAfter, (text) => text));
    this.#added = added;
  }

  realBefore({ assertions }: TestCase): readonly Assertion[] {
    return assertions.filter((assertion) => this.#isReal(assertion, this.#idleBefore));
  }

  realAfter({ assertions }: TestCase): readonly Assertion[] {
    return assertions.filter((assertion) => this.#isReal(assertion, this.#idleAfter));
  }

  /** Whether a function of that name is there and asserts nothing. */
  #isReal({ strength, byFunction }: Assertion, idle: ReadonlySet<string>): boolean {
    return strength !== 0 && (byFunction === null || !idle.has(byFunction));
  }

  /** Whether all that a test asserted is asserted elsewhere now. */
  holds({ test }: FoundTest): boolean {
    const assertions = this.realBefore(test);
    if (assertions.length > 0 && assertions.every((assertion) => this.hasAssertion(assertion))) return true;
    // Split or merged tests go on in several others.
    const heirs = this.#added.filter((other) => similarityOf(test, other.test) >= 0.35);
    const words = heirs.reduce((all, heir) => all.union(heir.test.words), new Set<string>());
    return heirs.length > 1 && test.words.difference(words).size <= test.words.size * 0.25;
  }

  /** Whether the same is asserted in another place, or in other words. */
  hasAssertion(assertion: Assertion): boolean {
    return this.hasText(assertion) || this.#holdsLiterals(assertion);
  }

  hasText({ text }: Assertion): boolean {
    return !this.#lost.has(text);
  }

  /** Whether a test runs with it, or with one that has it within. */
  hasCase(text: string): boolean {
    return !this.#lostCases.has(text) || this.#gainedCases.includes(text);
  }

  /** Whether one assertion that is new, or the new cases, have all that this one expected. */
  #holdsLiterals({ literals, operands }: Assertion): boolean {
    if (literals.length === 0) return false;
    const isTold = literals.some(isTelling);
    const wanted = isTold
      ? literals
      : [...literals, ...operands.flatMap((operand) => operand.match(/\w+/g) ?? [])];
    const isInCases =
      isTold &&
      this.#gainedCases !== '' &&
      literals.every((literal) => this.#gainedCases.includes(normalized(literal)));
    return isInCases || this.#gainedWords.some((words) => wanted.every((word) => words.has(word)));
  }
}

function normalized(literal: string): string {
  return literal.replaceAll(/[\s;]+/g, '').replaceAll(/['`]/g, '"');
}

/** Others are found in any text. */
function isTelling(literal: string): boolean {
  return literal.length > 1 && !/^(true|false|null|nil|None|True|False|undefined)$/.test(literal);
}

function idleIn(readings: readonly Reading[]): ReadonlySet<string> {
  return new Set(readings.flatMap(({ idleFunctions }) => [...idleFunctions]));
}

function allAssertions(
  { tests, otherAssertions }: Reading,
  isCalled: (other: OtherAssertion) => boolean,
): readonly Assertion[] {
  const others = otherAssertions.filter(isCalled).map(({ assertion }) => assertion);
  return [...tests.flatMap(({ assertions }) => assertions), ...others];
}
