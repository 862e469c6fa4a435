// Findings of eslint, stylelint, biome and prettier in each of their forms.
import { z } from 'zod';
import {
  blockFormat,
  found,
  lineFormat,
  nothing,
  shownCode,
  type DocumentFormat,
  type Format,
} from './format.ts';

/** A line with the file, then a line per finding: eslint, stylelint and yamllint. */
export const stylish: Format = () => {
  let file: string | null = null;
  return (line) => {
    if (line === null) return nothing;
    if (/^\S.*[./\\]/.test(line)) file = line.trim();
    if (!line.startsWith('  ')) return nothing;
    const [, row, column, severity, text = ''] =
      /^ {2,}(\d+):(\d+) +(error|warning|[✖×⚠‼]) +(\S.*)$/.exec(line) ?? [];
    if (row === undefined || file === null) return nothing;
    const [, message = text, rule] = /^(.*\S) {2,}\(?([\w@/-]+)\)?$/.exec(text) ?? [];
    return [found([file, row, column], message, { severity, rule })];
  };
};

/** `file: line 1, col 2, Error - text (rule)`. */
export const eslintCompact: Format = lineFormat(
  ': line ',
  /^(\S.*?): line (\d+), col (\d+), (Error|Warning) - (.+?)(?: \(([\w@/-]+)\))?$/,
  ([file = null, line, column, severity, message = '', rule]) =>
    found([file, line, column], message, { severity, rule }),
);

/** `file:1:2: text [Error/rule]`. */
export const eslintUnix: Format = lineFormat(
  ']',
  /^(\S[^:]*):(\d+):(\d+): (.+) \[(Error|Warning)(?:\/([\w@/-]+))?\]$/,
  ([file = null, line, column, message = '', severity, rule]) =>
    found([file, line, column], message, { severity, rule }),
);

const eslintSchema = z.array(
  z.object({
    filePath: z.string(),
    messages: z.array(
      z.object({
        ruleId: z.string().nullish(),
        severity: z.number(),
        message: z.string(),
        line: z.number().nullish(),
        column: z.number().nullish(),
      }),
    ),
  }),
);

export const eslintReport: DocumentFormat = () => (document) =>
  (eslintSchema.safeParse(document).data ?? []).flatMap(({ filePath, messages }) =>
    messages.map(({ ruleId, severity, message, line, column }) =>
      found([filePath, line, column], message, { severity, rule: ruleId }),
    ),
  );

/** `file:1:2 lint/group/rule ━━━`, then `  × text` and the code. */
export const biome: Format = blockFormat(
  { has: '━', start: /^(\S+?)(?::(\d+):(\d+))? ([a-z]\S*)(?: +FIXABLE)? +━+$/, lines: 30 },
  ([file = null, line, column, rule], body) => {
    const [, mark, message] =
      body.map((text) => /^ {2}([×!✖]) (.+)$/.exec(text)).find((match) => match !== null) ?? [];
    if (message === undefined) return nothing;
    const code = shownCode(body.filter((text) => /^ *> *\d+ │/.test(text)));
    return [found([file, line, column], message, { severity: mark, rule, excerpt: code })];
  },
);

const biomeSchema = z.object({
  summary: z.unknown(),
  diagnostics: z.array(
    z.object({
      severity: z.string(),
      message: z.string(),
      category: z.string().nullish(),
      location: z.object({
        path: z.string(),
        start: z.object({ line: z.number(), column: z.number() }).nullish(),
      }),
    }),
  ),
});

export const biomeReport: DocumentFormat = () => (document) =>
  (biomeSchema.safeParse(document).data?.diagnostics ?? []).map(({ severity, message, category, location }) =>
    found([location.path, location.start?.line, location.start?.column], message, {
      severity,
      rule: category,
    }),
  );

/** `[warn] file` for each file that is formatted otherwise, `[error] file: text (1:2)` for one that can't be read. */
export const prettier: Format = () => {
  let isOn = false;
  return (line) => {
    if (line === null) return nothing;
    isOn ||= line === 'Checking formatting...';
    if (!isOn) return nothing;
    const [, file, error, row, column] =
      /^\[(?:warn|error)\] ([^\s:>|]+)(?:: (.+?)(?: \((\d+):(\d+)\))?)?$/.exec(line) ?? [];
    if (file === undefined) return nothing;
    return [found([file, row, column], error ?? 'It is not formatted as prettier would.')];
  };
};
