// Reads a change for what it did to the tests and to what checks it: all that can be said without running anything.
import { setImmediate } from 'node:timers/promises';
import type { IntegrityFinding } from '../../../shared/task/integrity.ts';
import type { ChangedText, Inspection, IntegrityInspector, TextSearch } from '../../tasks/ports.ts';
import { commandsIn, holdsCommands } from './checkCommands.ts';
import { compareCommands, type CommandsChange } from './compareCommands.ts';
import { compareSettings } from './compareSettings.ts';
import { compareSnapshots } from './compareSnapshots.ts';
import { compareTests } from './compareTests.ts';
import { configurationRules, ignoreFiles, neverSource, wholeConfigurations } from './configurationRules.ts';
import { isCollected, isOtherSource, isSnapshot, isTestPath, isTestSetUp } from './fileKinds.ts';
import { finding, notRead, surplusOf } from './finding.ts';
import { Grammars } from './grammars.ts';
import { isAskedBy, newAnswers, type Answer } from './hardCoded.ts';
import { languageOf, nameOf } from './languages.ts';
import type { ReadChange } from './matchTests.ts';
import { SourceReader, type SourceReading } from './readFile.ts';
import type { Reading } from './reading.ts';
import { settingsIn, settingsInCode, type Setting } from './settings.ts';
import { compareSuppressions, type Suppression } from './suppressions.ts';
import { testAwareness } from './testAwareness.ts';

/** Milliseconds for the syntax of one change; then the rest is read as text. */
const syntaxTimeMs = 15_000;

/** Files of one change that are looked at, those first that have to do with checks. */
const mostFiles = 2_000;

const mostFindings = 200;

/** Questions of the change that are looked for in tests. */
const mostAnswers = 20;

export class Inspector implements IntegrityInspector {
  readonly #grammars = new Grammars();

  /** Tells `reading` of each file before it reads it. */
  async inspect(
    changes: readonly ChangedText[],
    search: TextSearch,
    signal: AbortSignal,
    reading: (path: string) => void = () => undefined,
  ): Promise<Inspection> {
    const reader = new SourceReader(this.#grammars, performance.now() + syntaxTimeMs);
    const ordered = [...changes].sort((a, b) => rankOf(a) - rankOf(b));
    const change = new ChangeReading(reader);
    for (const file of ordered.slice(0, mostFiles)) {
      signal.throwIfAborted();
      reading(file.path);
      await change.add(file);
      // Others have a turn between two files: parsing waits for nobody.
      await setImmediate();
    }
    const findings = [...tooMany(ordered), ...change.findings(), ...(await change.hardCoded(search, signal))];
    return {
      findings: findings.slice(0, mostFindings),
      findingsLeftOut: Math.max(0, findings.length - mostFindings),
    };
  }
}

function tooMany(files: readonly ChangedText[]): IntegrityFinding[] {
  const [first] = files.slice(mostFiles);
  const why = `it is one of ${files.length - mostFiles} files beyond the ${mostFiles} that are read`;
  return first === undefined ? [] : [notRead(first.path, why)];
}

function rankOf({ path }: ChangedText): number {
  if (holdsCommands(path) || isSnapshot(path) || isConfiguration(path)) return 0;
  return isTestPath(path) ? 1 : 2;
}

function isConfiguration(path: string): boolean {
  return (
    configurationRules.some(({ files }) => files.source !== '.' && files.test(path)) ||
    /(^|\/)pom\.xml$/.test(path)
  );
}

/** Whether it may hold tests, or say what checks the project: other files that can't be read weaken nothing. */
function matters(path: string): boolean {
  const isTest = isTestPath(path) && (languageOf(path) !== null || isOtherSource(path));
  return isTest || holdsCommands(path) || isConfiguration(path);
}

/** What was read of a change, file by file. */
class ChangeReading {
  readonly #reader: SourceReader;
  readonly #tests: ReadChange[] = [];
  readonly #commands: CommandsChange[] = [];
  readonly #suppressions: { readonly before: Suppression[]; readonly after: Suppression[] } = {
    before: [],
    after: [],
  };
  readonly #answers: { readonly path: string; readonly answer: Answer }[] = [];
  readonly #found: IntegrityFinding[] = [];
  readonly #files: ChangedText[] = [];

  constructor(reader: SourceReader) {
    this.#reader = reader;
  }

  /** What no reader can take, such as lists in lists without an end, costs that file alone. */
  async add(file: ChangedText): Promise<void> {
    this.#files.push(file);
    try {
      await this.#read(file);
    } catch (error) {
      this.#found.push(notRead(file.path, error instanceof Error ? error.message : String(error)));
    }
  }

  async #read(file: ChangedText): Promise<void> {
    const { path, before, after, unread } = file;
    if (isSnapshot(path)) {
      this.#found.push(...compareSnapshots(file));
      return;
    }
    const oldPath = file.oldPath ?? path;
    if (unread !== undefined) {
      if (matters(path) || matters(oldPath)) this.#found.push(notRead(path, 'it is binary, or too large'));
      return;
    }
    if (before === null && after === null) return;
    const [was, now] = await this.#reader.readBoth({ path: oldPath, text: before }, { path, text: after });
    this.#addSettings(file, was, now);
    this.#addSource(file, was, now);
  }

  #addSettings(file: ChangedText, was: SourceReading | null, now: SourceReading | null): void {
    const { path, before, after } = file;
    const [old, fresh] = [settingsOf(file.oldPath ?? path, before, was), settingsOf(path, after, now)];
    if (before !== null && after !== null)
      this.#found.push(...compareSettings({ path, before: old ?? [], after: fresh ?? [] }));
    if (ignoreFiles.test(path)) this.#found.push(...ignoredPaths(file));
    if (!holdsCommands(path) && !holdsCommands(file.oldPath ?? path)) return;
    this.#commands.push({
      path,
      before: before === null ? [] : commandsIn(file.oldPath ?? path, before, old),
      after: after === null ? [] : commandsIn(path, after, fresh),
    });
  }

  #addSource(file: ChangedText, was: SourceReading | null, now: SourceReading | null): void {
    const { path, before, after } = file;
    const oldPath = file.oldPath ?? path;
    // Under a name by which no tool finds it a file has no tests any more.
    const isLost = isCollected(oldPath) && !isCollected(path) && !isTestPath(path);
    const isHidden =
      isLost ||
      (isCollected(oldPath) &&
        !isCollected(path) &&
        nameOf(oldPath) !== nameOf(path) &&
        languageOf(path) !== 'java' &&
        !/\.[cm]?[jt]sx?$/.test(path));
    const afterTests: Reading | null =
      now === null ? null : isHidden ? { ...now.tests, tests: [], focused: [] } : now.tests;
    if (was !== null || now !== null)
      this.#tests.push({ path, oldPath, before: was?.tests ?? null, after: afterTests });
    this.#suppressions.before.push(...(was?.suppressions ?? []));
    this.#suppressions.after.push(...(now?.suppressions ?? []));
    if (after === null || now === null) return;
    const isTest = isTestPath(path);
    this.#found.push(
      ...testAwareness({ path, before: before ?? '', after, isTest, isSetUp: isTestSetUp(path) }),
    );
    if (isTest || now.parsed === null) return;
    const answers = newAnswers(was?.parsed ?? null, now.parsed);
    this.#answers.push(...answers.map((answer) => ({ path, answer })));
  }

  findings(): IntegrityFinding[] {
    return [
      ...compareTests(this.#tests),
      ...this.#found,
      ...compareCommands(this.#commands),
      ...goneConfigurations(this.#files),
      ...compareSuppressions(this.#suppressions.before, this.#suppressions.after),
    ];
  }

  /** Most tests that ask are older than the change, so they are looked for in all of the commit's files. */
  async hardCoded(search: TextSearch, signal: AbortSignal): Promise<IntegrityFinding[]> {
    const findings: IntegrityFinding[] = [];
    for (const { path, answer } of this.#answers.slice(0, mostAnswers)) {
      const words = [answer.question ?? answer.functionName, answer.answer].filter((word) => word !== '');
      const files = await search(words, signal);
      for (const file of files.filter((one) => isTestPath(one.path) || one.path.endsWith('.rs'))) {
        const reading = await this.#reader.read(file.path, file.text);
        const test = reading?.tests.tests.find((one) => isAskedBy(answer, one));
        if (test === undefined) continue;
        const asked = answer.question === null ? '' : ` for “${answer.question}”`;
        const message = `The code answers “${answer.answer}”${asked}, just as test “${test.name}” (${file.path}:${test.line}) expects.`;
        const at = { file: path, line: answer.line, side: 'after', foundBy: 'syntax' } as const;
        findings.push(finding('expectedValueHardCoded', at, message, answer.text));
        break;
      }
    }
    return findings;
  }
}

function settingsOf(
  path: string,
  text: string | null,
  reading: SourceReading | null,
): readonly Setting[] | null {
  if (text === null) return null;
  const isCode = /(^|\/)[\w.-]*config\.[cm]?[jt]s$|(^|\/)\.\w+rc\.[cm]?js$|(^|\/)karma\.conf\.js$/.test(path);
  if (isCode) {
    const parsed = reading?.parsed ?? null;
    return parsed === null ? null : settingsInCode(parsed);
  }
  return holdsCommands(path) || isConfiguration(path) ? settingsIn(path, text) : null;
}

function ignoredPaths({ path, before, after }: ChangedText): IntegrityFinding[] {
  const lines = (after ?? '').split('\n');
  return surplusOf(lines, (before ?? '').split('\n'), (line) => line.trim())
    .filter((line) => line.trim() !== '' && !/^[#!]/.test(line.trim()) && !neverSource.test(line))
    .map((line) =>
      finding(
        'configurationWeakened',
        { file: path, line: lines.indexOf(line) + 1, side: 'after', foundBy: 'text' },
        `The linter leaves \`${line.trim()}\` alone now.`,
        line,
      ),
    );
}

function goneConfigurations(files: readonly ChangedText[]): IntegrityFinding[] {
  return wholeConfigurations.flatMap((pattern) => {
    const isReplaced = files.some(
      ({ path, before, after }) => after !== null && before === null && pattern.test(path),
    );
    const gone = files.filter(({ path, after }) => after === null && pattern.test(path));
    if (isReplaced || gone.length === 0) return [];
    // It may have moved into a file that was there before.
    const moved = files.some(
      ({ path, after }) =>
        after !== null &&
        /(^|\/)(package\.json|pyproject\.toml|setup\.cfg|tox\.ini|biome\.jsonc?|\.oxlintrc\.json|eslint\.config\.\w+)$/.test(
          path,
        ),
    );
    if (moved) return [];
    return gone.map(({ path }) =>
      finding(
        'configurationWeakened',
        { file: path, line: null, side: 'before', foundBy: 'text' },
        `\`${nameOf(path)}\` was deleted, and with it how strict its tool is.`,
      ),
    );
  });
}
