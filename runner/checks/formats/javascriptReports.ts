// Failures of JavaScript tests in the reports that mocha, jest and vitest write as JSON.
import { z } from 'zod';
import { failedTest, type DocumentFormat, type Found } from './format.ts';

const mochaSchema = z.object({
  stats: z.object({ failures: z.number() }),
  failures: z.array(
    z.object({
      fullTitle: z.string(),
      file: z.string().nullish(),
      err: z.object({ message: z.string().optional(), stack: z.string().optional() }),
    }),
  ),
});

export const mochaReport: DocumentFormat = () => (document) => {
  const report = mochaSchema.safeParse(document).data;
  return (report?.failures ?? []).map(({ fullTitle, file, err }) =>
    placed(failedTest(fullTitle, (err.stack ?? err.message ?? '').split('\n')), file),
  );
};

const jestSchema = z.object({
  numFailedTests: z.number(),
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().nullish(),
      assertionResults: z.array(
        z.object({
          ancestorTitles: z.array(z.string()),
          title: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

/** Of jest and of vitest, which writes the same. */
export const jestReport: DocumentFormat = () => (document) => {
  const report = jestSchema.safeParse(document).data;
  return (report?.testResults ?? []).flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((result) => result.status === 'failed');
    if (failed.length === 0 && status === 'failed')
      return [placed(failedTest('the whole file', wordsOfSuite(message ?? '')), name)];
    return failed.map(({ ancestorTitles, title, failureMessages }) => {
      const test = [...ancestorTitles, title].join(' › ');
      // Jest calls a failed expectation an error here, and in its words for people not.
      const lines = (failureMessages?.[0] ?? '').replace(/^Error: /, '').split('\n');
      return placed(failedTest(test, lines), name);
    });
  });
};

/** Jest repeats its own heading in the message. */
function wordsOfSuite(message: string): string[] {
  return message.split('\n').filter((line) => !line.includes('● '));
}

function placed(problem: Found, file: string | null | undefined): Found {
  return problem.file === null ? { ...problem, file: file ?? null } : problem;
}
