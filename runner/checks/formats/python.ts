// Failures of pytest and unittest.
import { found, nothing, ownFrame, type Format, type Found } from './format.ts';

interface Section {
  /** The place where it was raised, of the project's own files where one is among them. */
  readonly at: readonly [file: string | null, line: string | null];
  readonly words: readonly string[];
  readonly body: readonly string[];
}

const longestSection = 400;

/** The short summary names the tests, the sections above it tell where and why. */
export const pytest: Format = () => {
  const sections = new Map<string, string[]>();
  let open: string[] | null = null;
  let isSummary = false;
  return (line) => {
    if (line === null)
      return isSummary ? nothing : [...sections].map(([name, body]) => unsummarised(name, body));
    const isRule = line.startsWith('=') || line.startsWith('_');
    if (!isRule && open === null && !isSummary) return nothing;
    const [, heading] =
      /^=+ (short test summary info|FAILURES|ERRORS|[\w ]+ in [\d.]+s.*) =+$/.exec(line) ?? [];
    if (heading !== undefined) {
      isSummary ||= heading.startsWith('short');
      open = null;
      return nothing;
    }
    if (isSummary) return summarised(line, sections);
    const [, name] = /^_{2,} (.+?) _{2,}$/.exec(line) ?? [];
    if (name !== undefined) sections.set(name, (open = []));
    else if (open !== null && open.length < longestSection) open.push(line);
    return nothing;
  };
};

function summarised(line: string, sections: ReadonlyMap<string, readonly string[]>): readonly Found[] {
  const [, file = '', test, reason] =
    /^(?:FAILED|ERROR) ([^:\s]+\.py)(?:::(.+?))?(?: - (.*))?$/.exec(line) ?? [];
  if (file === '') return nothing;
  const name = test?.replaceAll('::', '.');
  const body =
    sections.get(name ?? `ERROR collecting ${file}`) ??
    sections.get(`ERROR at setup of ${name}`) ??
    sections.get(`ERROR at teardown of ${name}`) ??
    [];
  const { at, words } = sectionOf(body);
  const message = words.slice(0, 3).join(' ') || reason || 'failed';
  const whole = at[0] === null || at[0] === file ? 'the whole file' : `the whole file ${file}`;
  return [found([at[0] ?? file, at[1]], message, { test: test ?? whole, excerpt: body })];
}

function unsummarised(name: string, body: readonly string[]): Found {
  const { at, words } = sectionOf(body);
  const test = name.replace(/^ERROR (?:at (?:setup|teardown) of|collecting) /, '');
  return found(at, words.slice(0, 3).join(' ') || 'failed', { test, excerpt: body });
}

function sectionOf(body: readonly string[]): Section {
  let at: Section['at'] = [null, null];
  for (const line of body) {
    const [, file, row] = /^([^\s:]+\.py):(\d+): /.exec(line) ?? [];
    if (file !== undefined && row !== undefined && !isLibrary(file)) at = [file, row];
  }
  const words = body.filter((line) => line.startsWith('E  ')).map((line) => line.slice(1).trim());
  return { at, words: words.filter((word) => word !== ''), body };
}

/** Blocks between two rules of `=`, each with `FAIL: test` or `ERROR: test` at its head. */
export const unittest: Format = () => {
  let isAfterRule = false;
  let open: { test: string; body: string[] } | null = null;
  const close = (): readonly Found[] => {
    const block = open;
    open = null;
    return block === null ? nothing : [caseOf(block.test, block.body)];
  };
  return (line) => {
    if (line === null) return close();
    if (/^={70}$/.test(line) || /^Ran \d+ tests? in /.test(line)) {
      isAfterRule = line.startsWith('=');
      return close();
    }
    const [, test] = isAfterRule ? (/^(?:FAIL|ERROR): (.+)$/.exec(line) ?? []) : [];
    isAfterRule = false;
    if (test !== undefined) open = { test, body: [] };
    else if (open !== null && open.body.length < longestSection) open.body.push(line);
    return nothing;
  };
};

function caseOf(test: string, body: readonly string[]): Found {
  let place: readonly [string | null, string?] = [null];
  let messageStart = 0;
  for (const [index, line] of body.entries()) {
    const [, file, row] = /^ {2}File "(.+?)", line (\d+)/.exec(line) ?? [];
    if (file !== undefined && row !== undefined && !isLibrary(file)) place = [file, row];
    if (line.startsWith('  ') || line.startsWith('Traceback ')) messageStart = index + 1;
  }
  const words = body.slice(messageStart).filter((line) => line.trim() !== '' && !/^-+$/.test(line));
  const excerpt = body.filter((line) => !/^-+$|^Traceback /.test(line));
  return found(place[0] === null ? ownFrame(body) : place, words.slice(0, 3).join(' ') || 'failed', {
    test,
    excerpt,
  });
}

function isLibrary(file: string): boolean {
  return /site-packages|dist-packages|\/lib\/python|^</.test(file);
}
