// What reading a change in a process of its own keeps from the runner: waiting, endless work, a full memory, an end.
import assert from 'node:assert/strict';
import { setImmediate } from 'node:timers/promises';
import { Inspector } from '../../../../runner/checks/integrity/inspector.ts';
import {
  InspectorProcess,
  type InspectorProcessOptions,
} from '../../../../runner/checks/integrity/inspectorProcess.ts';
import type { ChangedText, IntegrityInspector } from '../../../../runner/tasks/ports.ts';

const calm = new AbortController().signal;
const noSearch = async () => [];

const test = (title: string, call = 'it'): string =>
  `${call}('${title}', () => {\n  expect(run('${title}')).toBe(1);\n});\n`;
const many = (count: number, call = 'it'): string =>
  Array.from({ length: count }, (_, index) => test(`number ${index}`, call)).join('');

function changeOf(path: string, before: string, after: string): ChangedText {
  return { path, oldPath: null, before, after };
}

const skipped = [changeOf('a.test.js', test('adds'), test('adds', 'it.skip'))];
/** Reading it takes some seconds. */
const large = [changeOf('large.test.js', many(3_000), many(2_999) + test('number 2999', 'it.skip'))];

/** The processes of an inspector, in the order of their starts, each with a promise that nothing is left of it. */
interface Started {
  readonly pid: number;
  readonly ended: Promise<void>;
}

function inspectorWith(options: Omit<InspectorProcessOptions, 'record'> = {}) {
  const processes: Started[] = [];
  const inspector = new InspectorProcess({
    ...options,
    record: async () => {
      const ended = Promise.withResolvers<undefined>();
      return {
        env: {},
        started: (pid) => processes.push({ pid, ended: ended.promise }),
        [Symbol.asyncDispose]: async () => ended.resolve(undefined),
      };
    },
  });
  return { inspector, processes, [Symbol.asyncDispose]: () => inspector[Symbol.asyncDispose]() };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

async function kinds(inspector: IntegrityInspector, change: readonly ChangedText[]): Promise<string[]> {
  const { findings } = await inspector.inspect(change, noSearch, calm);
  return findings.map(({ kind, file }) => `${kind} ${file}`);
}

/** How often others had a turn while the change was read. */
async function turnsDuring(inspector: IntegrityInspector, change: readonly ChangedText[]): Promise<number> {
  const isRead = kinds(inspector, change).then(() => true);
  let turns = 0;
  while (!(await Promise.race([isRead, setImmediate(false)]))) turns += 1;
  return turns;
}

describe('a change that is read in a process of its own', function () {
  this.timeout(60_000);

  it('lets the others have their turns, which they have not where the runner reads it itself', async () => {
    await using inspector = inspectorWith().inspector;
    assert.ok((await turnsDuring(inspector, large)) > 1_000);
    const itself = new Inspector();
    await itself.inspect(skipped, noSearch, calm);
    assert.ok((await turnsDuring(itself, large)) < 10);
  });

  it('comes to the same findings, asking the runner for what the tests say', async () => {
    const code = (body: string): string =>
      `export function price(name) {\n  ${body}\n  return load(name);\n}\n`;
    const tests = "it('knows pears', () => {\n  expect(price('pears')).toBe(417);\n});\n";
    const change = [
      ...skipped,
      changeOf('price.js', code(''), code("if (name === 'pears') {\n    return 417;\n  }")),
    ];
    const asked: (readonly string[])[] = [];
    const search = async (words: readonly string[]) => {
      asked.push(words);
      return [{ path: 'price.test.js', text: tests }];
    };
    await using inspector = inspectorWith().inspector;
    const found = await inspector.inspect(change, search, calm);
    assert.deepEqual(asked, [['pears', '417']]);
    assert.deepEqual(
      found.findings.map(({ kind, file }) => [kind, file]),
      [
        ['testSkipped', 'a.test.js'],
        ['expectedValueHardCoded', 'price.js'],
      ],
    );
    assert.deepEqual(found, await new Inspector().inspect(change, search, calm));
  });

  it('is read by one process after another change', async () => {
    await using made = inspectorWith();
    const { inspector, processes } = made;
    const found = await Promise.all([
      kinds(inspector, skipped),
      kinds(inspector, []),
      kinds(inspector, skipped),
    ]);
    assert.deepEqual(found, [['testSkipped a.test.js'], [], ['testSkipped a.test.js']]);
    assert.equal(processes.length, 1);
  });

  it('is not read on once the task is stopped, and the others are', async () => {
    await using made = inspectorWith();
    const { inspector, processes } = made;
    const [reading, waiting] = [new AbortController(), new AbortController()];
    const read = inspector.inspect(large, noSearch, reading.signal);
    const waits = inspector.inspect(skipped, noSearch, waiting.signal);
    const other = kinds(inspector, skipped);
    waiting.abort(new Error('stopped before it began'));
    await assert.rejects(waits, /stopped before it began/);
    while (processes.length === 0) await setImmediate();
    reading.abort(new Error('stopped'));
    await assert.rejects(read, /^Error: stopped$/);
    assert.deepEqual(await other, ['testSkipped a.test.js']);
    await processes[0]!.ended;
    assert.ok(!isAlive(processes[0]!.pid));
    assert.equal(processes.length, 2);
  });

  it('is given up when it takes too long, and said not to be read', async () => {
    await using made = inspectorWith({ timeoutMs: 1_000 });
    const { inspector, processes } = made;
    // The fastest machine is not through with so many.
    const endless = Array.from({ length: 20 }, () => large).flat();
    const { findings } = await inspector.inspect(endless, noSearch, calm);
    assert.deepEqual(
      findings.map(({ kind, file, line }) => [kind, file, line]),
      [['changeNotRead', 'large.test.js', null]],
    );
    assert.match(findings[0]!.message, /it took more than 1 seconds/);
    assert.ok(!isAlive(processes[0]!.pid));
  });

  it('may fill its memory: that costs the one inspection', async () => {
    await using made = inspectorWith({ memoryMegabytes: 24 });
    const { inspector, processes } = made;
    const two = [...skipped, changeOf('large.test.js', many(8_000), many(8_001))];
    const { findings } = await inspector.inspect(two, noSearch, calm);
    assert.deepEqual(
      findings.map(({ kind, file }) => [kind, file]),
      [['changeNotRead', 'large.test.js']],
    );
    assert.match(findings[0]!.message, /the process that reads it ended/);
    assert.deepEqual(await kinds(inspector, skipped), ['testSkipped a.test.js']);
    assert.equal(processes.length, 2);
  });

  it('is read by another process where the one before was killed', async () => {
    await using made = inspectorWith();
    const { inspector, processes } = made;
    await kinds(inspector, skipped);
    process.kill(processes[0]!.pid, 'SIGKILL');
    assert.deepEqual(await kinds(inspector, skipped), ['testSkipped a.test.js']);
    assert.equal(processes.length, 2);
  });

  it('leaves no process behind: it ends when nothing is to be read, and with the runner', async () => {
    const idle = inspectorWith({ idleMs: 1 });
    assert.equal(idle.processes.length, 0);
    await kinds(idle.inspector, skipped);
    await idle.processes[0]!.ended;
    assert.ok(!isAlive(idle.processes[0]!.pid));
    const busy = inspectorWith();
    await kinds(busy.inspector, skipped);
    assert.ok(isAlive(busy.processes[0]!.pid));
    await busy.inspector[Symbol.asyncDispose]();
    assert.ok(!isAlive(busy.processes[0]!.pid));
  });
});
