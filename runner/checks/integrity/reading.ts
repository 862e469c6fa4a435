// What is read from one version of a file of tests: its tests with their assertions, as far as a comparison needs them.

/** From what says nothing to what says exactly what is expected; null where it can't be told. */
export type Strength = 0 | 1 | 2 | 3 | 4 | null;

export interface Assertion {
  /** From 1. */
  readonly line: number;
  /** Without what formatting changes. */
  readonly text: string;
  /** What is looked at, without the literals that are expected; in the same form. */
  readonly operands: readonly string[];
  readonly literals: readonly string[];
  readonly strength: Strength;
  /** How many arguments say what is expected: with none, an error of any kind will do. */
  readonly expectations: number;
  /** Parts of what is expected that anything meets. */
  readonly wildcards: number;
  /** How far off a number may be; 0 where it may not. */
  readonly tolerance: number;
  /** Whether a failure would be caught and forgotten. */
  readonly isSwallowed: boolean;
  /** The function that does the asserting, where it is none of a known library. */
  readonly byFunction: string | null;
}

/** A line that says something of a test. */
export interface Mark {
  readonly line: number;
  /** In a few words what it does: "marked `.skip`". */
  readonly what: string;
}

export interface TestCase {
  /** With the names of what it stands in. */
  readonly name: string;
  readonly line: number;
  /** The words of its text, by which it is known again under another name. */
  readonly words: ReadonlySet<string>;
  readonly assertions: readonly Assertion[];
  /** Statements of its body. */
  readonly statements: number;
  readonly skip: Mark | null;
  /** What leaves it out of the usual runs, as far as the file tells: elsewhere it may be taken in again. */
  readonly leftOut: Mark | null;
  /** Whether it passes where the code fails. */
  readonly expectsFailure: Mark | null;
  /** The cases with which it runs, each in normal form. */
  readonly cases: readonly string[];
}

/** An assertion beside the tests. */
export interface OtherAssertion {
  readonly assertion: Assertion;
  /** Empty where it stands in none that has a name. */
  readonly functionName: string;
  /** Whether the function is named elsewhere in its file. */
  readonly isCalledHere: boolean;
}

export interface Reading {
  readonly tests: readonly TestCase[];
  readonly focused: readonly Mark[];
  /** In functions that tests may call. */
  readonly otherAssertions: readonly OtherAssertion[];
  /** Names of the functions of the file that assert nothing. */
  readonly idleFunctions: ReadonlySet<string>;
  readonly foundBy: 'syntax' | 'text';
}

/** Without what formatters change: white space, kinds of quotes, commas and semicolons at ends. */
export function normalText(text: string): string {
  return text
    .replaceAll(/\s+/g, '')
    .replaceAll(/['`]/g, '"')
    .replaceAll(/,(?=[)\]}])/g, '')
    .replaceAll(/;+/g, '')
    .replaceAll(/\((\w+)\)=>/g, '$1=>');
}

export function wordsOf(text: string): ReadonlySet<string> {
  return new Set(text.match(/\w+/g));
}
