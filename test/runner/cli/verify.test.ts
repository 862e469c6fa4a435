// What `nightjar verify` says and how it ends, for scripts: evidence that is sound, forged, a stranger's, or not there.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { publicKeyFile } from '../../../shared/client/localKey.ts';
import type { Predicate } from '../../../shared/evidence/statement.ts';
import type { Rehearse } from '../../../runner/tasks/rehearsal.ts';
import { ScratchRepository } from '../../shared/repository/scratchRepository.ts';
import { newKey, signed, statementFor, type TestKey } from '../../support/signedEvidence.ts';
import { runNightjar, type CommandRun } from './commandRun.ts';

const runner = newKey();
const stranger = newKey();
const never: Rehearse = () => Promise.reject(new Error('a command of the evidence was run'));

/** A repository whose HEAD has evidence, and a data folder with the key of its runner. */
async function withEvidence(key: TestKey, changes: Partial<Predicate> = {}) {
  const scratch = await ScratchRepository.with({ 'a.txt': 'a\n' });
  const base = (await scratch.git('rev-parse', 'HEAD')).trim();
  const commit = await scratch.commit('work');
  const line = signed(statementFor({ commit, snapshot: base, base }, changes), key);
  await scratch.git('notes', '--ref=nightjar', 'add', '-m', line, commit);
  const data = join(scratch.folder, 'data');
  await mkdir(data);
  await writeFile(publicKeyFile(data), `${runner.publicKey}\n`);
  const verify = (args: readonly string[] = [], rehearse = never): Promise<CommandRun> =>
    runNightjar(['verify', ...args], { cwd: scratch.root, env: { NIGHTJAR_DATA: data }, rehearse });
  const dispose = async (): Promise<void> => scratch[Symbol.asyncDispose]();
  return { scratch, commit, base, line, verify, [Symbol.asyncDispose]: dispose };
}

/** A rehearsal in which every check ends so. */
function endingWith(exitCode: number): Rehearse {
  const result = { exitCode, timedOut: false, durationMs: 1, tail: '', outputBytes: 0, blocked: [] };
  const outcome = { ...result, passed: exitCode === 0, problems: [], problemsLeftOut: 0 };
  return async ({ checks }) => ({ setUp: null, checks: checks.map((check) => ({ check, outcome })) });
}

describe('nightjar verify', () => {
  it('ends with 0 for a verified result that the local runner has signed', async () => {
    await using at = await withEvidence(runner);
    const { exitCode, stdout } = await at.verify();
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /Verified: every check passed[\s\S]*Signed by the local runner[\s\S]*✔ test/);
  });

  it('tells in the words of nightjar show what the evidence holds', async () => {
    const bound = { boundBy: 'spec', detail: '', command: 'npm test' } as const;
    const image = { name: 'round-1-check-1.png', sha256: '3'.repeat(64) };
    const [check] = statementFor({ commit: 'a'.repeat(40), snapshot: '', base: '' }).predicate.checks;
    await using at = await withEvidence(runner, {
      checks: [{ ...check!, flakyRuns: 3, image }],
      criteria: [
        { ...bound, text: 'It works', state: 'met' },
        { ...bound, text: 'It is fast', state: 'notRun' },
        { ...bound, text: 'It looks right', state: 'toJudge' },
      ],
      integrity: {
        findings: [],
        findingsLeftOut: 0,
        crossRuns: [{ kind: 'newTests', ran: false, note: 'No test is new.' }],
      },
    });
    const { stdout } = await at.verify();
    assert.match(stdout, /✔ test .*flaky: its 3 runs did not agree.* · image 333333333333\n/);
    assert.match(
      stdout,
      /✔ It works {2}met · npm test\n {2}· It is fast {2}not run .*\n {2}\? It looks right/,
    );
    assert.match(stdout, /· Nothing found in the tests\n {2}· New tests were not tried .* No test is new\./);
  });

  it('ends with 1 for what is proved, and is less than verified', async () => {
    for (const verdict of ['failed', 'unverified', 'partlyVerified'] as const) {
      await using at = await withEvidence(runner, { verdict });
      assert.equal((await at.verify()).exitCode, 1);
    }
  });

  it('ends with 5 for a stranger’s key, says which it is, and runs nothing of it', async () => {
    await using at = await withEvidence(stranger);
    const { exitCode, stdout } = await at.verify(['--rerun']);
    assert.equal(exitCode, 5);
    assert.match(stdout, /Nobody here knows the key[\s\S]*Nothing was run again/);
    assert.ok(stdout.includes(`--trust ${stranger.keyid}`));
    const trusted = await at.verify(['--trust', stranger.keyid.toUpperCase()]);
    assert.equal(trusted.exitCode, 0, trusted.stdout);
    assert.equal((await at.verify(['--trust', 'mine'])).exitCode, 2);
  });

  it('ends with 1 for a forgery, and for one beside the true evidence', async () => {
    await using at = await withEvidence(runner);
    const forged = signed(statementFor({ ...at, snapshot: at.base }), { ...stranger, keyid: runner.keyid });
    for (const note of [forged, `${at.line}\n${forged}`]) {
      await at.scratch.git('notes', '--ref=nightjar', 'add', '-f', '-m', note, at.commit);
      const { exitCode, stdout } = await at.verify(['--rerun']);
      assert.equal(exitCode, 1);
      assert.match(stdout, /not to be believed[\s\S]*The key that came along is not the one/);
    }
  });

  it('ends with 6 where there is no evidence, or commits came after it', async () => {
    await using at = await withEvidence(runner);
    const none = await at.verify([at.base]);
    assert.deepEqual([none.exitCode, /There is no evidence/.test(none.stdout)], [6, true]);
    await at.scratch.commit('by hand');
    await at.scratch.commit('and more');
    const { exitCode, stdout } = await at.verify(['main', '--json']);
    const { evidenced, unproved, ok } = JSON.parse(stdout) as Record<string, unknown>;
    assert.deepEqual([exitCode, evidenced, unproved, ok], [6, at.commit, 2, false]);
  });

  it('runs the checks again and tells whether they end the same', async () => {
    await using at = await withEvidence(runner);
    const same = await at.verify(['--rerun'], endingWith(0));
    assert.deepEqual([same.exitCode, /= test {2}the same: exit code 0/.test(same.stdout)], [0, true]);
    const other = await at.verify(['--rerun', '--json'], endingWith(1));
    const { ok, rerun } = JSON.parse(other.stdout) as { ok: boolean; rerun: object[] };
    assert.deepEqual([other.exitCode, ok], [1, false]);
    const [then, now] = [
      { passed: true, exitCode: 0 },
      { passed: false, exitCode: 1 },
    ];
    assert.deepEqual(rerun, [{ name: 'test', command: 'npm test', isSame: false, then, now }]);
    const unset = await at.verify(['--rerun'], async () => ({ setUp: null, checks: [] }));
    assert.deepEqual([unset.exitCode, /the set-up failed/.test(unset.stdout)], [1, true]);
  });
});
