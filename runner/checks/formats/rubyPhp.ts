// Findings of rubocop, and failures of rspec, minitest and phpunit.
import { z } from 'zod';
import {
  blockFormat,
  found,
  nothing,
  shownCode,
  wordsOf,
  type DocumentFormat,
  type Format,
} from './format.ts';

/** `file.rb:1:2: C: [Correctable] Style/Rule: text`, perhaps with the line of code beneath. */
export const rubocop: Format = blockFormat(
  {
    has: ': ',
    start: /^([^\s:][^:]*):(\d+):(\d+): ([CRWEFI]): (?:\[Correctable\] )?([A-Z]\w*(?:\/\w+)+): (.+)$/,
    lines: 2,
  },
  ([file = null, line, column, severity, rule, message = ''], body) => [
    found([file, line, column], message.replaceAll('`', ''), { severity, rule, excerpt: shownCode(body) }),
  ],
);

const rubocopSchema = z.object({
  files: z.array(
    z.object({
      path: z.string(),
      offenses: z.array(
        z.object({
          severity: z.string(),
          message: z.string(),
          cop_name: z.string(),
          location: z.object({ start_line: z.number(), start_column: z.number() }),
        }),
      ),
    }),
  ),
});

export const rubocopReport: DocumentFormat = () => (document) =>
  (rubocopSchema.safeParse(document).data?.files ?? []).flatMap(({ path, offenses }) =>
    offenses.map(({ severity, message, cop_name: rule, location }) =>
      found([path, location.start_line, location.start_column], message.replaceAll('`', ''), {
        severity,
        rule,
      }),
    ),
  );

/** `  1) suite test` after `Failures:`, with the place in a comment at the end. */
export const rspec: Format = blockFormat(
  { has: ') ', after: /^Failures:$/, start: /^ {2}\d+\) (.+)$/, end: /^Finished in / },
  ([test], body) => {
    const places = body.map((line) => /^\s+# (\.\/.+?):(\d+)(?::in .*)?$/.exec(line));
    const place = places.find((match) => match !== null);
    const words = body.filter((line) => !/^\s*# |^\s*Failure\/Error: |^\s*$|^\s*\(compared/.test(line));
    return [found([place?.[1] ?? null, place?.[2]], wordsOf(words, 2), { test, excerpt: body })];
  },
);

/** `  1) Failure:`, then `Class#test [file:line]:`. */
export const minitest: Format = blockFormat(
  { has: ') ', start: /^ {2}\d+\) (?:Failure|Error):$/, end: /^\d+ runs, / },
  (_, [title = '', ...body]) => {
    const [, test, file, line] = /^(\S+#.+?)(?: \[(.+?):(\d+)\])?:$/.exec(title) ?? [];
    if (test === undefined) return nothing;
    const frame = body.map((text) => /^\s+(\S+\.rb):(\d+):in /.exec(text)).find((match) => match !== null);
    return [
      found([file ?? frame?.[1] ?? null, line ?? frame?.[2]], wordsOf(body, 2), { test, excerpt: body }),
    ];
  },
);

/** `1) CartTest::testTotal` under `There was 1 failure:`. */
export const phpunit: Format = blockFormat(
  {
    has: '::',
    after: /^There (?:was|were) \d+ (?:error|failure|warning|risky test)s?:$/,
    start: /^\d+\) (\S+::.+)$/,
    end: /^(?:--|ERRORS!|FAILURES!)$/,
  },
  ([test], body) => [phpFailure(test, body)],
);

/** ` ✘ Total`, then its words behind a line. */
export const phpunitTestdox: Format = blockFormat(
  { has: '✘', start: /^ ✘ (\S.*)$/, end: /^(?!\s+│)/ },
  ([test], body) => [
    phpFailure(
      test,
      body.map((line) => line.replace(/^\s+│ ?/, '')),
    ),
  ],
);

function phpFailure(test: string | undefined, body: readonly string[]) {
  const place = body.map((line) => /^(\S.*\.php):(\d+)$/.exec(line)).find((match) => match !== null);
  const words = body.filter((line) => !/^\S.*\.php:\d+$/.test(line));
  return found([place?.[1] ?? null, place?.[2]], wordsOf(words, 2), { test, excerpt: body });
}
