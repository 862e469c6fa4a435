// Findings of pyright, pylint and ruff; mypy and flake8 write like compilers.
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

/** `  /file.py:1:2 - error: text (rule)`; a text of several lines goes on further to the right. */
export const pyright: Format = blockFormat(
  {
    has: ' - ',
    start: /^ {2}(\S.*\.pyi?):(\d+):(\d+) - (error|warning): (.+)$/,
    end: /^(?: {0,3}\S|$)/,
    lines: 20,
  },
  ([file = null, line, column, severity, first = ''], more) => {
    const [, message = '', rule] =
      /^([^]*?)(?: \((report\w+)\))?$/.exec([first, ...more.map((text) => text.trim())].join(' ')) ?? [];
    return [found([file, line, column], message, { severity, rule })];
  },
);

const pyrightSchema = z.object({
  generalDiagnostics: z.array(
    z.object({
      file: z.string(),
      severity: z.string(),
      message: z.string(),
      rule: z.string().optional(),
      range: z.object({ start: z.object({ line: z.number(), character: z.number() }) }).optional(),
    }),
  ),
});

export const pyrightReport: DocumentFormat = () => (document) =>
  (pyrightSchema.safeParse(document).data?.generalDiagnostics ?? [])
    .filter(({ severity }) => severity !== 'information')
    .map(({ file, severity, message, rule, range }) => {
      const place =
        range === undefined
          ? ([file] as const)
          : ([file, range.start.line + 1, range.start.character + 1] as const);
      return found(place, message.replaceAll(/\s*\n\s*/g, ' '), { severity, rule });
    });

/** `file.py:1:0: C0114: text (rule)`; its columns count from 0. */
export const pylint: Format = lineFormat(
  ': ',
  /^([^\s:][^:]*\.pyi?):(\d+):(\d+): ([CRWEFI])\d{4}: (.+?)(?: \(([\w-]+)\))?$/,
  ([file = null, line, column, severity, message = '', rule]) =>
    found([file, line, Number(column) + 1], message, { severity, rule }),
);

const pylintSchema = z.array(
  z.object({
    type: z.string(),
    path: z.string(),
    line: z.number(),
    column: z.number(),
    symbol: z.string(),
    message: z.string(),
    'message-id': z.string(),
  }),
);

export const pylintReport: DocumentFormat = () => (document) =>
  (pylintSchema.safeParse(document).data ?? []).map(({ type, path, line, column, symbol, message }) =>
    found([path, line, column + 1], message, { severity: type, rule: symbol }),
  );

/** `F401 [*] text`, then ` --> file:line:column`, as ruff has it at length. */
export const ruff: Format = blockFormat(
  {
    has: ' ',
    start: /^([A-Z]{1,5}\d{2,5}|invalid-syntax)(?: \[\*\])?:? (.+)$/,
    end: /^(?:Found \d+ |$)/,
    lines: 12,
  },
  ([rule, message = ''], body) => {
    const [, file, line, column] = /^ *--> (.+?):(\d+):(\d+)$/.exec(body[0] ?? '') ?? [];
    return file === undefined
      ? nothing
      : [found([file, line, column], message, { rule, excerpt: markedCode(body, line) })];
  },
);

/** Ruff shows the lines around, too. */
function markedCode(body: readonly string[], line: string | undefined): readonly string[] {
  return shownCode(body.filter((text) => text.trimStart().startsWith(`${line} |`)));
}

const ruffSchema = z.array(
  z.object({
    code: z.string().nullable(),
    filename: z.string(),
    message: z.string(),
    location: z.object({ row: z.number(), column: z.number() }),
  }),
);

export const ruffReport: DocumentFormat = () => (document) => {
  // One finding a line, or all in one list.
  const findings = ruffSchema.safeParse(Array.isArray(document) ? document : [document]).data ?? [];
  return findings.map(({ code, filename, message, location }) =>
    found([filename, location.row, location.column], message, { rule: code }),
  );
};
