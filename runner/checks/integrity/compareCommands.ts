// What a change did to the commands with which a project checks itself: failures that no longer count, less that is run.
import type { IntegrityFinding } from '../../../shared/task/integrity.ts';
import { checkTool, type Command } from './checkCommands.ts';
import { finding, surplusOf } from './finding.ts';

export interface CommandsChange {
  readonly path: string;
  readonly before: readonly Command[];
  readonly after: readonly Command[];
}

interface Weakness {
  readonly pattern: RegExp;
  readonly words: string;
}

const weaknesses: readonly Weakness[] = [
  { pattern: /\|\|\s*(true|:|exit\s+0|echo\b|printf\b)/g, words: 'no longer fails' },
  { pattern: /;\s*(true|:|exit\s+0)\s*$|^\s*(true|exit\s+0)\s*$/g, words: 'no longer fails' },
  {
    pattern: /\bset\s+\+e\b|--exit-zero\b|--no-error-on-unmatched-pattern\b|\bignoreFailures\b/g,
    words: 'no longer fails',
  },
  {
    pattern: /--(passWithNoTests|pass-with-no-tests|allow-no-tests|if-present|no-fail-on-empty)\b/g,
    words: 'passes without any test',
  },
  {
    pattern:
      /(?<=\b(pytest|py\.test|addopts)\b.*)(\s-x\b|--exitfirst|--maxfail)|--bail\b|-failfast\b|--fail-fast\b/g,
    words: 'stops at the first failure',
  },
  {
    pattern:
      /--(deselect|ignore|ignore-glob|exclude|testPathIgnorePatterns|ignore-pattern|invert)\b(?!-)|(?<=\b(pytest|mocha|jest|test)\b.*)\s-(k|skip|m)\s+["']?not\b|\s-skip[ =]|\s--skip\b(?!-)|--grep\b.*--invert/g,
    words: 'leaves tests or files out',
  },
  {
    pattern:
      /-D(maven\.test\.skip|skipTests|skipITs|maven\.test\.failure\.ignore)\b|\s-x\s+(test|check)\b|--no-verify\b|-DskipTests/g,
    words: 'skips tests',
  },
  {
    pattern:
      /(?<=\b(jest|vitest|test)\b.*)(\s-u\b|--updateSnapshot|--update-snapshots?|--update)|--snapshot-update\b|INSTA_UPDATE=always/g,
    words: 'rewrites snapshots as it runs',
  },
  { pattern: /^[\w./-]+ - /g, words: 'no longer fails' },
];

const limits: readonly { readonly pattern: RegExp; readonly falls: boolean; readonly what: string }[] = [
  { pattern: /--max-warnings[= ](\d+)/, falls: false, what: 'more warnings' },
  {
    pattern:
      /--(?:cov-fail-under|fail-under|branches|lines|functions|statements|check-coverage)[= ](\d+(?:\.\d+)?)/,
    falls: true,
    what: 'less coverage',
  },
];

export function compareCommands(changes: readonly CommandsChange[]): IntegrityFinding[] {
  const parts = (side: 'before' | 'after'): string[] =>
    changes.flatMap((change) => change[side].flatMap(({ text }) => partsOf(text)));
  const left = surplusOf(parts('after'), parts('before'), (part) => part).filter((part) =>
    checkTool.test(part),
  );
  const texts = (side: 'before' | 'after'): Command[] => changes.flatMap((change) => change[side]);
  const moved = surplusOf(texts('after'), texts('before'), ({ name, text }) => `${name} ${text}`);
  return changes.flatMap((change) => compareFile(change, left, new Set(moved.map(({ text }) => text))));
}

/** `left`: the checks that the change has brought; one of them may stand for one that went. `moved`: commands in a new place. */
function compareFile(
  { path, before, after }: CommandsChange,
  left: string[],
  moved: ReadonlySet<string>,
): IntegrityFinding[] {
  const lost = surplusOf(before, after, ({ name, text }) => `${name} ${text}`);
  const gained = surplusOf(after, before, ({ name, text }) => `${name} ${text}`);
  const findings: IntegrityFinding[] = [];
  const open = [...gained];
  for (const old of lost) {
    const heir = heirOf(old, open);
    if (heir !== undefined) open.splice(open.indexOf(heir), 1);
    if (moved.has(old.text)) continue;
    const why = heir === undefined ? null : whyWeaker(old, heir);
    if (heir !== undefined && why !== null) {
      const at = { file: path, line: heir.line, side: 'after', foundBy: 'text' } as const;
      const kind = why.startsWith('allows') ? 'thresholdLowered' : 'checkWeakened';
      findings.push(finding(kind, at, `The command${titleOf(heir)} ${why}. Before: ${old.text}`, heir.text));
      takeFrom(left, partsOf(heir.text));
      continue;
    }
    const gone = goneChecks(old, heir, left);
    if (gone.length === 0) continue;
    const at = { file: path, line: old.line, side: 'before', foundBy: 'text' } as const;
    findings.push(
      finding('checkWeakened', at, `No longer runs \`${gone.join('` and `')}\`${titleOf(old)}.`, old.text),
    );
  }
  for (const command of open) {
    const isPlain = /^\s*(set\s+\+e|exit\s+0|true)\s*$/.test(command.text) && lost.length + before.length > 0;
    if (!isPlain) continue;
    const at = { file: path, line: command.line, side: 'after', foundBy: 'text' } as const;
    findings.push(finding('checkWeakened', at, `Failures${titleOf(command)} no longer count.`, command.text));
  }
  return findings;
}

function titleOf({ name }: Command): string {
  const short = name.replace(/^(scripts|tasks)\./, '');
  return short === '' ? '' : ` of \`${short}\``;
}

/** The new command of the same name, rather one that shares its words. */
function heirOf(old: Command, open: readonly Command[]): Command | undefined {
  const same = open.filter(({ name }) => name === old.name);
  const shared = ({ text }: Command): number =>
    new Set(wordsOf(text)).intersection(new Set(wordsOf(old.text))).size;
  const [best] = same.sort((a, b) => shared(b) - shared(a));
  if (best !== undefined && (shared(best) > 0 || old.name.startsWith('scripts.'))) return best;
  return open.find((other) => shared(other) >= Math.max(2, wordsOf(old.text).length / 2));
}

function wordsOf(text: string): string[] {
  return text.split(/[\s;&|]+/).filter((word) => word !== '');
}

function partsOf(text: string): string[] {
  return text
    .split(/&&|;|\n/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function whyWeaker({ name, text: old }: Command, { text: heir }: Command): string | null {
  for (const { pattern, words } of weaknesses) {
    if (countOf(`${name} ${heir}`, pattern) > countOf(`${name} ${old}`, pattern)) return words;
  }
  for (const { pattern, falls, what } of limits) {
    const [was, now] = [pattern.exec(old)?.[1], pattern.exec(heir)?.[1]];
    if (was === undefined) continue;
    if (now === undefined || (falls ? Number(now) < Number(was) : Number(now) > Number(was)))
      return `allows ${what}`;
  }
  const isEmpty = /^\s*(echo|true|:|exit 0|printf|node -e ["'](process\.exit\(0\))?)/.test(heir);
  if (checkTool.test(old) && !/^\s*echo\b/.test(old) && isEmpty && !heir.includes('&&'))
    return 'checks nothing any more';
  const fewer = fewerPaths(old, heir);
  return fewer === null ? null : `no longer looks at \`${fewer}\``;
}

function countOf(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

/** The paths that the same command is no longer given, where it got no others and is given some still. */
function fewerPaths(old: string, heir: string): string | null {
  const [was, now] = [wordsOf(old), wordsOf(heir)];
  const isRemoval = /^\s*(shx\s+)?rm\b/.test(old);
  if (!checkTool.test(old) || isRemoval || now.some((word) => !was.includes(word))) return null;
  const gone = was.filter((word) => !now.includes(word));
  const isPath = (word: string): boolean =>
    /^[\w.*@{},-]*[/*][\w./*@{},-]*$|^(tests?|src|lib)$|\.\w+$/.test(word) && !word.startsWith('-');
  const paths = gone.filter(isPath);
  // Without any path it may well look at all of them.
  return paths.length > 0 && paths.length === gone.length && now.some(isPath) ? paths.join(' ') : null;
}

/** What was run and has no successor, neither in its own place nor among all that is new. */
function goneChecks(old: Command, heir: Command | undefined, left: string[]): string[] {
  const kept = heir === undefined ? [] : partsOf(heir.text);
  const wanted = partsOf(old.text).filter((part) => checkTool.test(part) && !isPreparation(part));
  const missing = wanted.filter((part) => !kept.includes(part));
  return missing.filter((part) => {
    const index = left.findIndex((other) => toolOf(other) === toolOf(part));
    const any = index >= 0 ? index : left.length > 0 ? 0 : -1;
    if (any < 0) return true;
    left.splice(any, 1);
    return false;
  });
}

/** Whether it only gets or changes what the checks need. */
function isPreparation(part: string): boolean {
  return /(?<!-)\b(install|sync|add|ci|setup|checkout|apt-get|brew|pip|curl|cd|mkdir|cp|mv|rm|sed|shx|echo|git|uses|sudo|export|cat|upload|codecov)\b/.test(
    part.split(/\s+/).slice(0, 2).join(' '),
  );
}

function toolOf(part: string): string {
  return checkTool.exec(part)?.[0] ?? '';
}

function takeFrom(left: string[], parts: readonly string[]): void {
  for (const part of parts) {
    const index = left.indexOf(part);
    if (index >= 0) left.splice(index, 1);
  }
}
