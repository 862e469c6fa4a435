// Forms that many tools share: JUnit and checkstyle XML, SARIF, and the annotations of GitHub's workflows.
import { SaxesParser } from 'saxes';
import { z } from 'zod';
import {
  failedTest,
  found,
  lineFormat,
  nothing,
  wordsOf,
  type DocumentFormat,
  type Format,
  type Found,
} from './format.ts';

type Attributes = Readonly<Record<string, string | undefined>>;

/** Whoever writes it to the output may have written something else on the same line. */
const xmlStart = /<(?:\?xml version=|testsuites?[\s>]|checkstyle[\s>])/;
const mostXmlChars = 32 * 1024 * 1024;

/** A report that stands in the output as a whole. Entities that a document declares itself are not followed. */
export const xmlReport: Format = () => {
  let report: XmlReport | null = null;
  let chars = 0;
  return (line) => {
    if (line === null) return nothing;
    const start = report === null ? line.search(xmlStart) : 0;
    if (start < 0) return nothing;
    report ??= new XmlReport();
    chars += line.length;
    const problems = report.take(line.slice(start));
    if (report.isOver || chars > mostXmlChars) report = null;
    return problems;
  };
};

class XmlReport {
  isOver = false;
  readonly #parser = new SaxesParser();
  #depth = 0;
  #file = '';
  #testCase: Attributes = {};
  /** What is wrong with the open test case; null outside of it. */
  #failure: { readonly message: string; text: string } | null = null;
  #found: Found[] = [];

  constructor() {
    this.#parser.on('opentag', ({ name, attributes }) =>
      this.#open(name, attributes as Record<string, string>),
    );
    this.#parser.on('closetag', ({ name }) => this.#close(name));
    this.#parser.on('text', (text) => this.#add(text));
    this.#parser.on('cdata', (text) => this.#add(text));
    this.#parser.on('error', () => (this.isOver = true));
  }

  take(line: string): readonly Found[] {
    this.#parser.write(`${line}\n`);
    const problems = this.#found;
    this.#found = [];
    return problems;
  }

  #open(name: string, values: Attributes): void {
    this.#depth++;
    if (name === 'testcase') this.#testCase = values;
    else if (name === 'file') this.#file = values['name'] ?? '';
    else if (name === 'failure' || name === 'error') {
      if (values['line'] === undefined || this.#file === '')
        this.#failure = { message: values['message'] ?? '', text: '' };
      else this.#checkstyle(values);
    }
  }

  #close(name: string): void {
    this.#depth--;
    if (this.#depth === 0) this.isOver = true;
    if (name === 'testcase') this.#testCase = {};
    if ((name !== 'failure' && name !== 'error') || this.#failure === null) return;
    const { message, text } = this.#failure;
    this.#failure = null;
    const lines = text.trim().split('\n');
    const { file, name: test, classname, line } = this.#testCase;
    const words = wordsOf((message === '' ? text : message).trim().split('\n'));
    const own = file ?? (/^\S+\/\S+\.\w+$/.test(classname ?? '') ? classname : undefined);
    const title = [classname === own ? undefined : classname, test].filter(Boolean).join(' › ');
    const problem = { ...failedTest(title, lines, { excerpt: lines }), message: words };
    const place = problem.file === null ? placeIn(lines) : null;
    if (place !== null) this.#found.push({ ...problem, ...place });
    else
      this.#found.push(
        problem.file === null && own !== undefined
          ? { ...problem, ...found([own, line], words, { test: title }) }
          : problem,
      );
  }

  #add(text: string): void {
    if (this.#failure !== null && this.#failure.text.length < 20_000) this.#failure.text += text;
  }

  #checkstyle({ line, column, message = '', severity, source }: Attributes): void {
    this.#found.push(found([this.#file, line, column], message, { severity, rule: source }));
  }
}

/** `file.py:14: Error` and `file.php:3` end a failure of pytest and of phpunit. */
function placeIn(lines: readonly string[]): Pick<Found, 'file' | 'line'> | null {
  const places = lines.map((line) => /^(\/?[\w.@/-]+\.(?:py|php)):(\d+)(?::|$)/.exec(line));
  const [, file, line] = places.findLast((match) => match !== null) ?? [];
  return file === undefined ? null : { file, line: Number(line) };
}

const sarifSchema = z.object({
  runs: z.array(
    z.object({
      results: z
        .array(
          z.object({
            ruleId: z.string().optional(),
            level: z.string().default('warning'),
            kind: z.string().default('fail'),
            message: z.object({ text: z.string().default('') }),
            suppressions: z.array(z.unknown()).default([]),
            locations: z
              .array(
                z.object({
                  physicalLocation: z
                    .object({
                      artifactLocation: z.object({ uri: z.string() }).optional(),
                      region: z
                        .object({
                          startLine: z.number().optional(),
                          startColumn: z.number().optional(),
                          snippet: z.object({ text: z.string().optional() }).optional(),
                        })
                        .optional(),
                    })
                    .optional(),
                }),
              )
              .default([]),
          }),
        )
        .default([]),
    }),
  ),
});

/** SARIF 2.1: https://docs.oasis-open.org/sarif/sarif/v2.1.0/ */
export const sarif: DocumentFormat = () => (document) => {
  const results = (sarifSchema.safeParse(document).data?.runs ?? []).flatMap((run) => run.results);
  return results
    .filter(
      ({ kind, level, suppressions }) => kind === 'fail' && level !== 'none' && suppressions.length === 0,
    )
    .map(({ ruleId, level, message, locations }) => {
      const { artifactLocation, region } = locations[0]?.physicalLocation ?? {};
      const excerpt = region?.snippet?.text?.split('\n').slice(0, 3);
      const place = [artifactLocation?.uri ?? null, region?.startLine, region?.startColumn] as const;
      return found(place, message.text, { severity: level, rule: ruleId, excerpt });
    });
};

/** `::error file=a.js,line=1,col=2,title=rule::text`, with `%0A` for a new line. */
export const githubAnnotation: Format = lineFormat(
  '::',
  /^::(error|warning)(?: ([^:]*(?::(?!:)[^:]*)*))?::(.*)$/,
  ([severity, written = '', message = '']) => {
    const properties = new Map(
      written
        .split(',')
        .map((pair) => [
          pair.slice(0, pair.indexOf('=')).trim(),
          unescaped(pair.slice(pair.indexOf('=') + 1)),
        ]),
    );
    const text = unescaped(message);
    const title = properties.get('title');
    const isRule = title !== undefined && /^[\w@/-]+$/.test(title);
    const first = text.split('\n')[0] ?? '';
    return found(
      [properties.get('file') ?? null, properties.get('line'), properties.get('col')],
      title === undefined || isRule || first.includes(title) ? first : `${title}: ${first}`,
      { severity, rule: isRule ? title : null, excerpt: text.split('\n').slice(1) },
    );
  },
);

function unescaped(text: string): string {
  return text.replaceAll(/%(0A|0D|3A|2C|25)/gi, (_, code: string) =>
    String.fromCharCode(Number.parseInt(code, 16)),
  );
}
