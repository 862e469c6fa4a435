// Development only: inspects the newest commits of a git repository and prints what was found, to be judged by hand:
// `node test/integrity/falseAlarms.ts <git folder> <count>`.
import { resolve } from 'node:path';
import { Inspector } from '../../runner/checks/integrity/inspector.ts';
import { readGit } from '../../runner/host/git.ts';
import { changedTexts, findTexts } from '../../runner/workspaces/changedTexts.ts';

const signal = new AbortController().signal;

async function measure(gitDir: string, count: number): Promise<void> {
  const log = await readGit(['log', '--no-merges', `--max-count=${count}`, '--format=%H %P', 'HEAD'], {
    gitDir,
    signal,
  });
  const inspector = new Inspector();
  const times: number[] = [];
  const kinds = new Map<string, number>();
  let [commits, withFindings] = [0, 0];
  for (const line of log.split('\n')) {
    const [to = '', from] = line.split(' ');
    if (from === undefined) continue;
    const startedAt = performance.now();
    const changes = await changedTexts(gitDir, { from, to }, signal);
    const search = (words: readonly string[]) => findTexts(gitDir, to, words, signal);
    const { findings, findingsLeftOut } = await inspector.inspect(changes, search, signal);
    times.push(performance.now() - startedAt);
    commits += 1;
    if (findings.length > 0) withFindings += 1;
    for (const { kind, file, line: at, side, message, excerpt, foundBy } of findings) {
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      console.log(
        `${to.slice(0, 10)} ${kind} ${file}:${at ?? '-'} (${side}, ${foundBy}) ${message} | ${excerpt.slice(0, 150)}`,
      );
    }
    if (findingsLeftOut > 0) console.log(`${to.slice(0, 10)} and ${findingsLeftOut} left out`);
  }
  const sorted = times.sort((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(0);
  console.log(
    `${withFindings} of ${commits} commits with findings: ${JSON.stringify(Object.fromEntries(kinds))}`,
  );
  console.log(
    `milliseconds a commit: median ${at(0.5)}, 95 % ${at(0.95)}, most ${(sorted.at(-1) ?? 0).toFixed(0)}`,
  );
}

const [, , folder, count = '200'] = process.argv;
if (folder === undefined) throw new Error('Say which git folder.');
await measure(resolve(folder), Number(count));
