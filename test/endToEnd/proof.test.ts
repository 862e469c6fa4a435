// What backs a result, with whole tasks: criteria and the agent's own checks, flaky checks, tests put to the test, protected paths.
import assert from 'node:assert/strict';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HandOffDraft } from '../../shared/client/handOff.ts';
import { fetchResult } from '../../shared/client/fetchResult.ts';
import type { RunnerConnection } from '../../shared/client/runnerConnection.ts';
import { openRepository } from '../../shared/repository/openRepository.ts';
import { parseSpec } from '../../shared/spec/parseSpec.ts';
import type { EventData, EventType } from '../../shared/task/events.ts';
import type { Task } from '../../shared/task/task.ts';
import { git } from '../demo/sampleProject.ts';
import { byTurn, type Step } from '../support/scriptedModel.ts';
import { calm, ended, eventsOf, eventually, World } from './world.ts';

const finish: Step = { calls: [{ name: 'finish', arguments: { outcome: 'done', summary: 'Done.' } }] };
const run = (command: string): Step => ({ calls: [{ name: 'run', arguments: { command } }] });
const write = (path: string, content: string): Step => ({
  calls: [{ name: 'write', arguments: { path, content } }],
});
const propose = (criterion: number, command: string): Step => ({
  calls: [{ name: 'proposeCheck', arguments: { criterion, command } }],
});
const checkOf = (command: string, name = command) => ({ name, command, timeoutMs: 60_000 });
const right = write('answer.txt', '42\n');

async function dataOf<Type extends EventType>(
  connection: RunnerConnection,
  taskId: string,
  type: Type,
): Promise<EventData<Type>[]> {
  const events = await eventsOf(connection, taskId);
  return events.flatMap((event) => (event.type === type ? [event.data as EventData<Type>] : []));
}

interface Lived {
  readonly task: Task;
  readonly connection: RunnerConnection;
}

/** Hands the world's project off with these files beside it, and waits for the end. */
async function live(
  world: World,
  files: Readonly<Record<string, string>>,
  draft: Partial<HandOffDraft>,
): Promise<Lived> {
  for (const [path, text] of Object.entries(files)) {
    await mkdir(join(world.project, path, '..'), { recursive: true });
    await writeFile(join(world.project, path), text);
  }
  await world.startRunner();
  const connection = await world.connect();
  const { id } = await world.handOff(connection, draft);
  return { task: await ended(connection, id), connection };
}

/** A file of the delivered branch; null where it has none. */
async function delivered({ task, connection }: Lived, world: World, path: string): Promise<string | null> {
  const repository = await openRepository(world.project, calm);
  const { ref } = await fetchResult({ connection, repository, taskId: task.id }, calm);
  return git(world.project, ['show', `${ref}:${path}`], calm).catch(() => null);
}

describe('acceptance criteria', function () {
  this.timeout(180_000);

  it('are judged on the commit, each by what it is bound to', async () => {
    const items = [
      'The answer is right: `node check.js`',
      '`cat answer.txt` prints `4*2`',
      '`cat nothing.txt` exits with 1',
      '`notes/why.md` exists',
      'No new problems',
      'It reads well',
    ];
    const { spec, checks } = parseSpec(
      `# Answer\n## Criteria\n${items.map((item) => `- ${item}`).join('\n')}`,
      '',
    );
    const steps = [right, finish, write('notes/why.md', 'Because.\n'), finish];
    await using world = await World.make(byTurn(steps));
    const { task, connection } = await live(world, {}, { spec, checks: [...checks] });
    assert.deepEqual([task.verdict, task.endReason, task.rounds], ['verified', 'checksPassed', 2]);
    assert.deepEqual(
      task.criteria?.map(({ state, boundBy }) => `${state} ${boundBy}`),
      [...Array<string>(5).fill('met spec'), 'toJudge null'],
    );
    const [first] = await dataOf(connection, task.id, 'criteriaJudged');
    assert.equal(first?.results[3]?.detail, 'notes/why.md is not in the commit.');
    const told = JSON.stringify(world.model.requests[2]?.body.messages.at(-1));
    assert.match(told, /not met[^]*4\. notes\/why\.md exists: notes\/why\.md is not in the commit/);
  });

  it('may get a check of the agent’s own, which counts only where it proves the change', async () => {
    const spec = parseSpec('# T\n## Criteria\n- made\n- empty\n- never\n- `node check.js`', '').spec;
    const steps = [
      propose(1, 'test -f made.txt'),
      propose(2, 'true'),
      propose(3, 'test -f never.txt'),
      propose(4, 'true'),
      write('made.txt', 'x'),
      right,
      finish,
    ];
    await using world = await World.make(byTurn(steps));
    const { task, connection } = await live(world, {}, { spec });
    assert.equal(task.verdict, 'verified');
    assert.deepEqual(
      task.criteria?.map(({ state, boundBy, detail }) => `${state} ${boundBy}: ${detail}`),
      [
        'met agent: The agent’s own check: it fails on the snapshot and passes here.',
        'toJudge null: The check that the agent proposed passes without the change, too, so it proves nothing.',
        'toJudge null: The check that the agent proposed does not pass.',
        'met spec: It passes.',
      ],
    );
    const [, , , refused] = (await dataOf(connection, task.id, 'toolEnded')).filter(
      ({ name }) => name === 'proposeCheck',
    );
    assert.deepEqual(
      [refused?.ok, refused?.text],
      [false, 'That criterion has its own check. Those without one: 1, 2, 3.'],
    );
    assert.deepEqual(
      task.checks.map(({ command }) => command),
      ['node check.js'],
    );
  });

  it('that the agent alone has checked leave a task unverified', async () => {
    const { spec } = parseSpec('# T\n## Criteria\n- made', '');
    const steps = [propose(1, 'test -f made.txt'), write('made.txt', 'x'), finish];
    await using world = await World.make(byTurn(steps));
    const { task } = await live(world, {}, { spec, checks: [] });
    assert.deepEqual([task.verdict, task.criteria?.[0]?.boundBy], ['unverified', 'agent']);
  });
});

describe('a check that fails by chance', function () {
  this.timeout(180_000);

  /** Fails in the runs whose numbers are given; the counter lies outside of every checkout. */
  const failing = (world: World, runs: string): string =>
    `echo x >> ${join(world.folder, 'runs')}; n=$(wc -l < ${join(world.folder, 'runs')}); ` +
    `echo run $n; case " ${runs} " in *" $((n)) "*) echo "a.js:$n:1: error: bad luck $n"; exit 1;; esac`;

  const cases: readonly (readonly [
    what: string,
    runs: string,
    flakyRuns: (number | undefined)[],
    verdict: string,
  ])[] = [
    ['passes by the third run, and is named', '2', [undefined, 3], 'verified'],
    ['fails by the third run, and the next round is a new one', '2 4', [undefined, 3, undefined], 'verified'],
    ['is a failure when it fails twice', '2 3', [undefined, undefined, undefined], 'verified'],
    ['is found at the baseline, too', '1', [3, undefined], 'verified'],
  ];
  for (const [what, runs, flakyRuns, verdict] of cases)
    it(what, async () => {
      await using world: World = await World.make(byTurn([right, finish, finish]));
      await world.configure({ sandbox: { mode: 'off' } });
      const { task, connection } = await live(world, {}, { checks: [checkOf(failing(world, runs), 'luck')] });
      const results = await dataOf(connection, task.id, 'checkEnded');
      assert.deepEqual(
        results.map((result) => result.flakyRuns),
        flakyRuns,
      );
      assert.equal(task.verdict, verdict);
      assert.equal(task.checks[0]?.isFlaky, results.at(-1)?.flakyRuns === undefined ? undefined : true);
      const flaky = results.find((result) => result.flakyRuns !== undefined);
      if (flaky === undefined) return;
      const log = await readFile(join(world.data, 'logs', task.id, flaky.log ?? ''), 'utf8');
      assert.match(log, /bad luck[^]*--- Run 2 of the same check[^]*run[^]*--- Run 3 of the same check/);
    });

  it('is no chance where only what the first run left lets it pass', async () => {
    await using world = await World.make(byTurn([right, finish, finish, finish, finish, finish, finish]));
    const check = checkOf('test -f left || { touch left; exit 1; }', 'left');
    const { task } = await live(world, {}, { checks: [check], budget: { rounds: 1 } });
    assert.equal(task.verdict, 'failed');
  });
});

const lib = 'export const half = (n) => Math.floor(n / 2);\n';
const testOf = (name: string, body: string): string =>
  `import assert from 'node:assert/strict';\nimport { test } from 'node:test';\nimport * as lib from './lib.mjs';\n\n` +
  `test('${name}', () => {\n  ${body}\n});\n`;
const oldTest = testOf('halves seven', 'assert.equal(lib.half(7), 3);');
const testCheck = checkOf('node --test', 'test');

describe('tests that are put to the test', function () {
  this.timeout(180_000);

  it('show a test of the base that fails on the new code, and new ones that prove nothing', async () => {
    const steps = [
      write('lib.mjs', 'export const half = (n) => Math.round(n / 2);\nexport const twice = (n) => 2 * n;\n'),
      run('rm lib.test.mjs'),
      write('empty.test.mjs', testOf('does nothing', 'assert.ok(true);')),
      write('twice.test.mjs', testOf('doubles', 'assert.equal(lib.twice(2), 4);')),
      finish,
    ];
    await using world = await World.make(byTurn(steps));
    const files = { 'lib.mjs': lib, 'lib.test.mjs': oldTest };
    const { task, connection } = await live(world, files, { checks: [testCheck] });
    const runs = await dataOf(connection, task.id, 'crossRunEnded');
    assert.deepEqual(
      runs.map(({ kind, ran }) => [kind, ran]),
      [
        ['baseTests', true],
        ['newTests', true],
      ],
    );
    const findings = runs.flatMap((one) => one.findings);
    assert.deepEqual(
      findings.map(({ kind, file, line, side, foundBy }) => [kind, file, line, side, foundBy]),
      [
        ['oldTestFails', 'lib.test.mjs', 6, 'before', 'run'],
        ['newTestProvesNothing', 'empty.test.mjs', 5, 'after', 'run'],
      ],
    );
    assert.match(findings[0]?.message ?? '', /“halves seven”.*fails on the new code/);
    assert.match(findings[1]?.message ?? '', /“does nothing” passes without the change/);
    const [byReading, ...byRunning] = task.integrity?.findings ?? [];
    assert.deepEqual([byReading?.kind, byReading?.file], ['testDeleted', 'lib.test.mjs']);
    assert.deepEqual(byRunning, findings);
    assert.equal(task.verdict, 'partlyVerified');
    assert.equal(await delivered({ task, connection }, world, 'lib.test.mjs'), null);
  });

  it('say nothing of honest work, and run nothing that the round’s checks have run', async () => {
    const steps = [
      write('lib.mjs', `${lib}export const twice = (n) => 2 * n;\n`),
      write('twice.test.mjs', testOf('doubles', 'assert.equal(lib.twice(2), 4);')),
      finish,
    ];
    await using world = await World.make(byTurn(steps));
    const files = { 'lib.mjs': lib, 'lib.test.mjs': oldTest };
    const { task, connection } = await live(world, files, { checks: [testCheck] });
    const runs = await dataOf(connection, task.id, 'crossRunEnded');
    assert.deepEqual(
      runs.map(({ kind, ran, findings }) => [kind, ran, findings.length]),
      [
        ['baseTests', false, 0],
        ['newTests', true, 0],
      ],
    );
    assert.match(runs[0]?.note ?? '', /No test that was there before was changed/);
    assert.equal(task.verdict, 'verified');
  });

  it('go on after a runner that was killed in between', async () => {
    const steps = [write('lib.mjs', `${lib}\n`), run('rm lib.test.mjs'), finish];
    await using world = await World.make(byTurn(steps));
    await writeFile(join(world.project, 'lib.mjs'), lib);
    await writeFile(join(world.project, 'lib.test.mjs'), oldTest);
    const runner = await world.startRunner();
    const connection = await world.connect();
    const { id } = await world.handOff(connection, { checks: [checkOf('sleep 1; node --test', 'test')] });
    await eventually(async () => (await dataOf(connection, id, 'crossRunStarted')).length > 0);
    await runner.kill();
    await world.startRunner();
    await eventually(() => connection.state.kind === 'connected');
    const task = await ended(connection, id);
    assert.deepEqual([task.status, task.verdict], ['readyForReview', 'partlyVerified']);
    assert.equal((await dataOf(connection, id, 'crossRunStarted')).length, 2);
    assert.deepEqual(
      task.integrity?.crossRuns.map(({ kind, ran }) => [kind, ran]),
      [
        ['baseTests', true],
        ['newTests', false],
      ],
    );
  });
});

describe('a protected path', function () {
  this.timeout(180_000);
  const files = {
    'ci/build.sh': 'npm test\n',
    'ci/old.sh': 'old\n',
    '.nightjar/config.yaml': 'checks: [x]\n',
  };
  const steps = [
    run(
      'echo true > ci/build.sh; rm ci/old.sh; echo y > ci/new.sh; rm -r .nightjar; ln -s ci .nightjar; echo a > CI2; ls',
    ),
    right,
    finish,
  ];

  it('keeps its files, whatever the agent does to them, and the attempt is shown', async () => {
    await using world = await World.make(byTurn(steps));
    const lived = await live(world, files, { protectedPaths: ['/ci/'] });
    const { task, connection } = lived;
    assert.equal(task.verdict, 'verified');
    for (const [path, text] of Object.entries(files))
      assert.equal(await delivered(lived, world, path), text, path);
    assert.equal(await delivered(lived, world, 'ci/new.sh'), null);
    assert.equal(await delivered(lived, world, 'CI2'), 'a\n');
    const [{ keptOut } = {}] = await dataOf(connection, task.id, 'committed');
    const changed = ['.nightjar', '.nightjar/config.yaml', 'ci/build.sh', 'ci/new.sh', 'ci/old.sh'];
    assert.deepEqual(keptOut, changed);
    assert.deepEqual(
      task.integrity?.findings.map(({ kind, file }) => [kind, file]),
      changed.map((path) => ['protectedPathChanged', path]),
    );
  });

  it('is one only where it is named: without that the same work is taken', async () => {
    await using world = await World.make(byTurn(steps));
    const lived = await live(world, files, {});
    assert.equal(await delivered(lived, world, 'ci/build.sh'), 'true\n');
    assert.equal(await delivered(lived, world, '.nightjar/config.yaml'), 'checks: [x]\n');
  });

  it('is told to the agent before, and again with what was not taken where work goes on', async () => {
    const wrong = [run('echo true > ci/build.sh'), finish, right, finish];
    await using world = await World.make(byTurn(wrong));
    await live(world, files, { protectedPaths: ['ci/**'] });
    const texts = world.model.requests.map(({ body }) => JSON.stringify(body.messages));
    assert.match(texts[0] ?? '', /can not change[^]*- ci\/\*\*/);
    assert.match(texts[2] ?? '', /not taken into the commit[^]*- ci\/build\.sh/);
  });
});
