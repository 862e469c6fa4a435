// What rustc, cargo and clippy find, and failures of `cargo test`.
import { z } from 'zod';
import { blockFormat, found, nothing, shownCode, type DocumentFormat, type Format } from './format.ts';

/** `error[E0277]: text`, then `  --> file:1:2`. */
export const rustc: Format = blockFormat(
  { has: ': ', start: /^(error|warning)(?:\[([\w:]+)\])?: (.+)$/, end: /^$/, lines: 60 },
  ([severity, code, message = ''], body) => {
    const [, file, line, column] = /^ *--> (.+?):(\d+):(\d+)$/.exec(body[0] ?? '') ?? [];
    if (file === undefined) return nothing;
    const [, lint] = /#\[(?:warn|deny)\(([\w:]+)\)\]/.exec(body.join('\n')) ?? [];
    return [found([file, line, column], message, { severity, rule: code ?? lint, excerpt: shownCode(body) })];
  },
);

const messageSchema = z.object({
  reason: z.literal('compiler-message'),
  message: z.object({
    level: z.string(),
    message: z.string(),
    code: z.object({ code: z.string() }).nullable(),
    spans: z.array(
      z.object({
        file_name: z.string(),
        line_start: z.number(),
        column_start: z.number(),
        is_primary: z.boolean(),
        text: z.array(z.object({ text: z.string() })),
      }),
    ),
  }),
});

/** `cargo build --message-format=json`, a document a message. */
export const cargoReport: DocumentFormat = () => (document) => {
  const message = messageSchema.safeParse(document).data?.message;
  const span = message?.spans.find((one) => one.is_primary);
  if (message === undefined || span === undefined || !/^(?:error|warning)/.test(message.level))
    return nothing;
  const { level: severity, code } = message;
  const excerpt = span.text.slice(0, 1).map(({ text }) => text.trim());
  const place = [span.file_name, span.line_start, span.column_start] as const;
  return [found(place, message.message, { severity, rule: code?.code, excerpt })];
};

/** `---- name stdout ----`, then the panic or what the test returned. */
export const rustTests: Format = blockFormat(
  { has: '---- ', start: /^---- (.+?) stdout ----$/, end: /^(?:failures:|test result: )/ },
  ([test = ''], body) => {
    const panic = body.findIndex((line) => /^thread '.+' .*panicked at /.test(line));
    const [, file, line, column] = /panicked at (.+?):(\d+):(\d+):$/.exec(body[panic] ?? '') ?? [];
    const [, , calm, calmLine] =
      /^(note: test did not panic as expected)(?: at (.+?):(\d+):\d+)?$/.exec(body[0] ?? '') ?? [];
    const rest = body.slice(panic + 1);
    const end = rest.findIndex((text) => /^(?:note: (?!test)|stack backtrace:|$)/.test(text));
    const words = rest.slice(0, end < 0 ? 3 : end).map((text) => text.trim());
    const place = file === undefined ? ([calm ?? null, calmLine] as const) : ([file, line, column] as const);
    return [found(place, words.slice(0, 6).join(' '), { test, excerpt: rest })];
  },
);

/** A program that a check runs and that panics. */
export const rustPanic: Format = blockFormat(
  {
    has: "thread 'main'",
    start: /^thread 'main' (?:\(\d+\) )?panicked at (.+?):(\d+):(\d+):$/,
    end: /^(?:note:|stack backtrace:|$)/,
  },
  ([file = null, line, column], body) => [found([file, line, column], body.slice(0, 3).join(' '))],
);
