// What a criterion expects beyond an exit code of 0: of its command, or of the commit itself.
import { z } from 'zod';

/** A file or folder of the repository, relative to its root; `*` stands for anything within a name. */
const pathSchema = z.string().min(1).max(1_000);

/** What a command must come to where exit code 0 is not all. */
export const commandExpectationSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('ends'),
    exitCode: z.int().min(0).max(255),
    /** Stands in one line of the output; `*` is any text within it. Null where the output does not count. */
    prints: z.string().min(1).max(500).nullable(),
  }),
  /** Not lower than the same command said at the baseline. */
  z.strictObject({ kind: z.literal('coverageNotLower') }),
  /** The command makes this file; an image is kept, for a person to look at. */
  z.strictObject({ kind: z.literal('makes'), path: pathSchema }),
]);

/** What the commit decides, or all checks together: no command of its own is run. */
const commitExpectations = [
  z.strictObject({ kind: z.literal('fileExists'), path: pathSchema }),
  z.strictObject({ kind: z.literal('noNewProblems') }),
] as const;

export const expectationSchema = z.discriminatedUnion('kind', [
  ...commandExpectationSchema.options,
  ...commitExpectations,
]);

export type CommandExpectation = z.infer<typeof commandExpectationSchema>;
export type Expectation = z.infer<typeof expectationSchema>;

/** The part of an expectation that a command must fulfil; null for what needs none, and for exit code 0 alone. */
export function ofCommand(expect: Expectation | undefined): CommandExpectation | null {
  if (expect === undefined || expect.kind === 'fileExists' || expect.kind === 'noNewProblems') return null;
  return expect;
}

/** Whether nothing that can be run decides the criterion. */
export function isUnbound(criterion: {
  readonly check: string | null;
  readonly expect?: Expectation | undefined;
}): boolean {
  return criterion.check === null && criterion.expect === undefined;
}

/** Whether the file is one that a person looks at. */
export function isImage(path: string): boolean {
  return /\.(?:png|jpe?g|webp|gif)$/i.test(path);
}

/** The expectation as words behind a command, or of their own: "exits with 2". */
export function expectationText(expect: Expectation): string {
  switch (expect.kind) {
    case 'ends': {
      const { exitCode, prints } = expect;
      if (prints === null) return `exits with ${exitCode}`;
      return exitCode === 0 ? `prints ${prints}` : `exits with ${exitCode} and prints ${prints}`;
    }
    case 'coverageNotLower':
      return 'coverage is not lower than before';
    case 'makes':
      return `makes ${expect.path}`;
    case 'fileExists':
      return `${expect.path} exists`;
    case 'noNewProblems':
      return 'no new problems';
  }
}
