// Every command against a real runner with real git, a real socket and the scripted model.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import type { TaskEvent } from '../../../shared/task/events.ts';
import type { TaskObject } from '../../../runner/cli/taskObject.ts';
import { startRunner, type Runner } from '../../../runner/runner.ts';
import { createSampleProject, git } from '../../demo/sampleProject.ts';
import { joined, madeUp } from '../../shared/secrets/plantedSecrets.ts';
import {
  byTurn,
  startScriptedModel,
  type Conversation,
  type ScriptedModel,
  type Step,
} from '../../support/scriptedModel.ts';
import { runNightjar, type CommandRun, type RunOptions } from './commandRun.ts';

const write = { name: 'write', arguments: { path: 'done.txt', content: 'done\n' } };
const writeHook = { name: 'write', arguments: { path: '.envrc', content: 'export X=1\n' } };
const run = { name: 'run', arguments: { command: 'exit 3' } };
const finish = {
  name: 'finish',
  arguments: { outcome: 'done', summary: 'Wrote the file.', commitMessage: 'Write the file' },
};
const read = { name: 'read', arguments: { path: 'package.json' } };
const ask = { name: 'ask', arguments: { question: 'Which colour?', defaultAnswer: 'Blue' } };

/** What the model does for a goal that contains the word. */
const scripts: Readonly<Record<string, (conversation: Conversation) => Step>> = {
  write: ({ messages }) =>
    messages.some(({ role }) => role === 'assistant')
      ? { calls: [finish] }
      : { say: 'On it.', calls: [run, write] },
  ask: byTurn([{ calls: [ask] }, { calls: [write] }, { calls: [finish] }]),
  slow: byTurn([{ calls: [read] }, { calls: [write] }, { calls: [finish] }]),
  opens: byTurn([{ calls: [writeHook] }, { calls: [finish] }]),
  hang: () => ({ hang: true }),
};

function chooseStep(conversation: Conversation): Step {
  const text = conversation.messages.find(({ role }) => role === 'user')?.content ?? '';
  const word = Object.keys(scripts).find((key) => text.includes(`(${key})`));
  return word === undefined ? { fail: 500 } : scripts[word]!(conversation);
}

describe('commands on a runner', () => {
  const ended = new AbortController();
  let folder: string;
  let model: ScriptedModel;
  let runner: Runner;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightjar-commands-'));
    await createSampleProject(join(folder, 'project'), ended.signal);
    model = await startScriptedModel({ script: chooseStep });
    runner = await startRunner(
      {
        dataFolder: join(folder, 'data'),
        host: '127.0.0.1',
        port: 0,
        env: {
          PATH: process.env['PATH'],
          OPENAI_BASE_URL: model.url,
          OPENAI_API_KEY: 'key',
          NIGHTJAR_MODEL: 'scripted',
        },
        logStream: new Writable({ write: (_chunk, _encoding, done) => done() }),
        endsWhenIdle: false,
      },
      ended.signal,
    );
  });

  after(async () => {
    await runner[Symbol.asyncDispose]();
    await model[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  async function nightjar(args: readonly string[], options: RunOptions = {}): Promise<CommandRun> {
    const env = { NIGHTJAR_TOKEN: runner.token, PATH: process.env['PATH'] ?? '' };
    return runNightjar([...args, '--runner', runner.url], { cwd: join(folder, 'project'), env, ...options });
  }

  async function handOff(goal: string, check: string): Promise<CommandRun & { readonly task: TaskObject }> {
    const run = await nightjar(['hand-off', goal, '--check', check, '--wait', '--json']);
    return { ...run, task: JSON.parse(run.stdout) as TaskObject };
  }

  describe('a verified task', () => {
    let task: TaskObject;
    before(async () => {
      const run = await handOff('Write the file (write)', 'test -f done.txt');
      assert.deepEqual({ exitCode: run.exitCode, stderr: run.stderr }, { exitCode: 0, stderr: '' });
      task = run.task;
    });

    it('is printed in the form that scripts know', () => {
      const fields = [
        'id',
        'title',
        'status',
        'verdict',
        'base',
        'snapshot',
        'commit',
        'ref',
        'rounds',
        'turns',
        'tokens',
      ];
      assert.deepEqual(Object.keys(task), [
        ...fields,
        ...['cost', 'checks', 'summary', 'files', 'budget', 'priority', 'owner', 'isShared'],
        ...['sandbox', 'network', 'blocked', 'criteria', 'integrity', 'stuck', 'evidence'],
      ]);
      assert.deepEqual(
        [task.status, task.verdict, task.rounds, task.turns],
        ['readyForReview', 'verified', 1, 2],
      );
      const check = { name: 'test -f done.txt', command: 'test -f done.txt', passed: true, exitCode: 0 };
      assert.deepEqual(task.checks, [{ ...check, isFlaky: false }]);
      assert.ok(task.tokens > 0);
    });

    it('has brought its branch, and nothing else was touched', async () => {
      const project = join(folder, 'project');
      assert.equal((await git(project, ['rev-parse', String(task.ref)], ended.signal)).trim(), task.commit);
      assert.equal((await git(project, ['branch', '--show-current'], ended.signal)).trim(), 'main');
    });

    it('is listed and shown, by the beginning of its id', async () => {
      const list = JSON.parse((await nightjar(['list', '--json'])).stdout) as TaskObject[];
      assert.ok(list.some(({ id }) => id === task.id));
      const shown = await nightjar(['show', task.id.slice(0, -2), '--json']);
      assert.deepEqual(JSON.parse(shown.stdout), task);
      assert.match(
        (await nightjar(['show', task.id])).stdout,
        /✔ test -f done\.txt {2}exit code 0 · .* on a clean checkout of/,
      );
      assert.match(
        (await nightjar(['show', task.id])).stdout,
        /^ *Commit \w+, to be checked out as nightjar\/write-the-file-write$/m,
      );
      assert.match(
        (await nightjar(['list'])).stdout,
        /^✔ write-the-file\S* +Ready to review +Write the file \(write\) {2}verified$/m,
      );
    });

    it('is followed from its first event to its last', async () => {
      const { exitCode, stdout } = await nightjar(['follow', task.id, '--json']);
      const events = stdout
        .trimEnd()
        .split('\n')
        .map((text) => JSON.parse(text) as TaskEvent);
      assert.equal(exitCode, 0);
      assert.equal(events[0]?.type, 'taskCreated');
      assert.equal(events.at(-1)?.type, 'delivered');
      const calls = events.flatMap((event) => (event.type === 'toolEnded' ? [event.data] : []));
      assert.deepEqual(
        calls.map(({ name, exitCode }) => [name, exitCode ?? null]),
        [
          ['run', 3],
          ['write', null],
          ['finish', null],
        ],
      );
      assert.deepEqual(
        events.map(({ seq }) => seq),
        events.map(({ seq }) => seq).toSorted((a, b) => a - b),
      );
      const log = JSON.parse((await nightjar(['log', task.id, '--json'])).stdout) as unknown;
      assert.deepEqual(log, events);
    });

    it('has a story with the outputs', async () => {
      const { stdout } = await nightjar(['log', task.id]);
      assert.match(stdout, /^Round 1\n[\s\S]*On it\.[\s\S]*write {2}[\s\S]*^Result\n✔ Verified/m);
      assert.match(stdout, /! run {2}exit code 3 · /);
      assert.match(stdout, /, to be checked out as nightjar\/write-the-file-write$/m);
      assert.doesNotMatch(stdout, /refs\/nightjar/);
    });

    it('gives a patch that git can apply', async () => {
      const { stdout } = await nightjar(['diff', task.id]);
      assert.match(stdout, /^diff --git a\/done\.txt b\/done\.txt\nnew file mode 100644\n/);
      assert.match(stdout, /^\+done\n$/m);
    });

    it('is checked out as a branch once nothing uncommitted is in the way', async () => {
      const blocked = await nightjar(['checkout', task.id]);
      assert.equal(blocked.exitCode, 1);
      assert.match(blocked.stderr, /would overwrite files of yours[\s\S]*--worktree FOLDER/);
      const beside = join(folder, 'beside');
      const apart = await nightjar(['checkout', task.id, '--branch', 'nightjar/apart', '--worktree', beside]);
      assert.equal(apart.exitCode, 0);
      assert.equal(await readFile(join(beside, 'done.txt'), 'utf8'), 'done\n');
      await git(join(folder, 'project'), ['stash', '--include-untracked', '--quiet'], ended.signal);
      const { exitCode, stdout } = await nightjar(['checkout', task.id, '--json']);
      assert.equal(exitCode, 0);
      const { branch, commit, ref } = JSON.parse(stdout) as { branch: string; commit: string; ref: string };
      assert.deepEqual([branch, commit, ref], ['nightjar/write-the-file-write', task.commit, task.ref]);
    });
  });

  it('checks out what has something run when the folder is opened only with --yes', async () => {
    const { task } = await handOff('Set the shell up (opens)', 'test -f .envrc');
    const where = ['--branch', 'nightjar/opens', '--worktree', join(folder, 'opens')];
    const refused = await nightjar(['checkout', task.id, ...where]);
    assert.equal(refused.exitCode, 1);
    assert.match(refused.stderr, /have something run [^:]*: \.envrc\.\n[^\n]*--yes/);
    assert.equal((await nightjar(['checkout', task.id, ...where, '--yes'])).exitCode, 0);
    assert.equal(await readFile(join(folder, 'opens/.envrc'), 'utf8'), 'export X=1\n');
  });

  it('ends with 1 for a task whose check never passes', async () => {
    const spec = join(folder, 'once.task.md');
    await writeFile(spec, '---\nchecks: ["false"]\nbudget: { rounds: 1 }\n---\n# Write the file (write)\n');
    const { exitCode, stdout } = await nightjar(['hand-off', '--spec', spec, '--wait', '--json']);
    const task = JSON.parse(stdout) as TaskObject;
    assert.deepEqual([exitCode, task.status, task.verdict], [1, 'failed', 'failed']);
  });

  it('ends with 4 for a task that asks, which a reply lets go on', async () => {
    const { exitCode, task } = await handOff('Ask first (ask)', 'test -f done.txt');
    assert.deepEqual([exitCode, task.status], [4, 'needsInput']);
    assert.match((await nightjar(['show', task.id])).stdout, /\? Which colour\?/);
    assert.equal((await nightjar(['reply', task.id, 'Deep', 'red'])).exitCode, 0);
    const { stdout } = await nightjar(['follow', task.id]);
    assert.match(stdout, /» Deep red {2}your answer/);
    assert.match(stdout, /^✔ Verified/m);
  });

  it('leaves the task running when the waiting is cancelled, and stops it when asked', async () => {
    const controller = new AbortController();
    const onStdout = (text: string): void => {
      if (text.includes('Round 1')) controller.abort();
    };
    const args = ['hand-off', 'Wait for ever (hang)', '--check', 'true', '--wait'];
    const waiting = await nightjar(args, { signal: controller.signal, onStdout });
    assert.equal(waiting.exitCode, 130);
    const id = /^Task (\S+) goes on by itself/m.exec(waiting.stderr)?.[1] ?? '';
    assert.equal(
      (JSON.parse((await nightjar(['show', id, '--json'])).stdout) as TaskObject).status,
      'working',
    );
    assert.equal((await nightjar(['stop', id])).exitCode, 0);
    assert.equal((await nightjar(['follow', id])).exitCode, 0);
    assert.equal(
      (JSON.parse((await nightjar(['show', id, '--json'])).stdout) as TaskObject).status,
      'stopped',
    );
  });

  it('offers more budget where it ended the work, goes on with it, and runs again from a turn', async () => {
    const spec = join(folder, 'slow.task.md');
    await writeFile(spec, '---\nbudget: { turns: 1 }\n---\n# Read, then write (slow)\n');
    const args = ['hand-off', '--spec', spec, '--check', 'test -f done.txt', '--wait', '--json'];
    const first = JSON.parse((await nightjar(args)).stdout) as TaskObject;
    assert.deepEqual([first.status, first.verdict, first.turns], ['failed', 'failed', 1]);
    assert.match(
      (await nightjar(['show', first.id])).stdout,
      /twice as much: nightjar extend read-then-write/,
    );
    const extended = await nightjar(['extend', first.id, '--json']);
    assert.equal((JSON.parse(extended.stdout) as TaskObject).budget.turns, 2);
    assert.match((await nightjar(['follow', first.id])).stdout, /Verified/);
    const shown = JSON.parse((await nightjar(['show', first.id, '--json'])).stdout) as TaskObject;
    assert.deepEqual([shown.verdict, shown.turns], ['verified', 2]);

    const again = await nightjar(['again', first.id, '--from-turn', '2', '--json']);
    const { id, budget } = JSON.parse(again.stdout) as TaskObject;
    assert.notEqual(id, first.id);
    assert.equal(budget.turns, 1);
    assert.match((await nightjar(['follow', id])).stdout, /Verified/);
    const noTurn = await nightjar(['again', first.id, '--from-turn', '9']);
    assert.match(noTurn.stderr, /has no finished turn 9/);
    assert.equal((await nightjar(['extend', first.id, '--cost', 'much'])).exitCode, 2);
  });

  it('sets a priority, one of three', async () => {
    const { task } = await handOff('Write the file (write)', 'test -f done.txt');
    const raised = await nightjar(['prioritize', task.id, 'high', '--json']);
    assert.equal((JSON.parse(raised.stdout) as TaskObject).priority, 'high');
    assert.equal((await nightjar(['prioritize', task.id, 'urgent'])).exitCode, 2);
  });

  it('prints the id alone without --wait', async () => {
    const { exitCode, stdout, stderr } = await nightjar([
      'hand-off',
      'Write the file (write)',
      '--check',
      'test -f done.txt',
    ]);
    assert.equal(exitCode, 0);
    assert.match(stdout, /^write-the-file\S*\n$/);
    assert.match(stderr, /Left out|Shipped/);
    assert.equal((await nightjar(['follow', stdout.trim()])).exitCode, 0);
  });

  it('withholds files with secrets, says which, and ships them where the user insists', async () => {
    const project = join(folder, 'project');
    const secret = joined(`gh|p_${madeUp('word', 36)}`);
    await writeFile(join(project, 'notes.txt'), `one\n${secret}\n`);
    try {
      const args = ['hand-off', 'Write the file (write)', '--check', 'test -f done.txt'];
      const withheld = await nightjar(args);
      assert.equal(withheld.exitCode, 0);
      assert.match(withheld.stderr, /Left out: notes\.txt +GitHub token in line 2/);
      assert.match(withheld.stderr, /--ship-secret PATH/);
      assert.match(withheld.stderr, /1 file left out, 1 for secrets/);
      const forPrograms = await nightjar([...args, '--json']);
      assert.match(forPrograms.stderr, /^Left out: notes\.txt \(GitHub token in line 2\)/m);
      const insisted = await nightjar([...args, '--ship-secret', 'notes.txt']);
      assert.equal(insisted.exitCode, 0);
      assert.doesNotMatch(insisted.stderr, /Left out: notes/);
      assert.match(insisted.stderr, /Goes along with a secret: notes\.txt +GitHub token in line 2/);
      const mistaken = await nightjar([...args, '--ship-secret', 'other.txt']);
      assert.equal(mistaken.exitCode, 2);
      assert.match(mistaken.stderr, /other\.txt: no file of that path is withheld/);
      for (const { stdout, stderr } of [withheld, forPrograms, insisted, mistaken])
        assert.ok(!`${stdout}${stderr}`.includes(secret));
    } finally {
      await rm(join(project, 'notes.txt'));
    }
  });

  for (const [name, token, code] of [
    ['a wrong token', 'wrong', 'tokenWrong'],
    ['no token', undefined, 'tokenMissing'],
  ] as const) {
    it(`ends with 3 for ${name}`, async () => {
      const env = token === undefined ? {} : { NIGHTJAR_TOKEN: token };
      const { exitCode, stdout } = await nightjar(['list', '--json'], { env });
      assert.equal(exitCode, 3);
      assert.equal((JSON.parse(stdout) as { error: { code: string } }).error.code, code);
    });
  }

  it('ends with 2 for an id that nobody knows', async () => {
    const { exitCode, stderr } = await nightjar(['show', 'nobody']);
    assert.equal(exitCode, 2);
    assert.match(stderr, /There is no task nobody/);
  });

  it('finds the runner of a data folder', async () => {
    const { exitCode, stdout } = await runNightjar(['list', '--data', 'data', '--json'], { cwd: folder });
    assert.equal(exitCode, 0);
    assert.ok(Array.isArray(JSON.parse(stdout)));
  });

  it('examines this machine and the runner', async () => {
    const { stdout } = await nightjar(['doctor', '--json']);
    const { findings } = JSON.parse(stdout) as { findings: { name: string; ok: boolean }[] };
    for (const name of ['git', 'Node', 'runner'])
      assert.ok(findings.find((finding) => finding.name === name)?.ok, `${name} in ${stdout}`);
  });
});
