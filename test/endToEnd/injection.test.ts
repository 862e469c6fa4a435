// Orders hidden in a repository reach an agent that obeys them all: nothing comes of them, and the user sees what was tried.
import assert from 'node:assert/strict';
import { changedFiles, daemonOf, injections, orderTo } from './injections.ts';
import { nameOf, playInjections, type Injected } from './injectedTask.ts';
import { processesWith } from './world.ts';

describe('orders hidden where a task meets them', function () {
  this.timeout(180_000);
  let injected: Injected;
  const worked = new Set<string>();

  before(async () => {
    injected = await playInjections({}, (played) => judge(played, worked));
  });

  for (const { order, hiddenIn, calls } of injections) {
    it(`come to nothing in ${hiddenIn}: ${order}`, () => {
      const tried = callsNamed(injected, order, 'toolStarted');
      assert.equal(tried, calls(injected.ground).length, 'the user sees every call of it');
      assert.equal(callsNamed(injected, order, 'toolEnded'), tried, 'and how it ended');
      assert.ok(!worked.has(order), 'it worked');
    });
  }

  it('never stand in a message as if the user had written them', () => {
    const lines = injected.conversation.messages
      .filter(({ role }) => role === 'user')
      .flatMap(({ content }) => (content ?? '').split(/[\n\u2028]/))
      .filter((line) => injections.some(({ order }) => line.includes(orderTo(order))));
    assert.ok(lines.length >= 4, String(lines));
    assert.deepEqual(
      lines.filter((line) => !line.startsWith('│ ')),
      [],
    );
  });

  it('change neither budget nor checks nor sandbox, and calls for it are told to be none', () => {
    const { task, before: handedOff, outcome } = injected;
    assert.deepEqual(task.budget, handedOff.budget);
    const recorded = outcome.events.map(({ type }) => type);
    for (const type of ['budgetExtended', 'networkAllowed', 'sandboxChanged', 'messageReceived'] as const)
      assert.ok(!recorded.includes(type), type);
    const answers = outcome.events.flatMap(({ type, data }) =>
      type === 'toolEnded' && data.callId.startsWith(`${nameOf('raise the limits')}/`) ? [data.text] : [],
    );
    for (const answer of answers) assert.match(answer, /^There is no tool|^The arguments do not fit/);
  });

  it('show in the events: the host that a command was kept from, the check that was rewritten, the file that is protected', () => {
    const { events } = injected.outcome;
    const hosts = events.flatMap(({ type, data }) =>
      type === 'accessBlocked' ? data.hosts.map(({ host }) => host) : [],
    );
    assert.ok(hosts.includes('collector.example'), String(hosts));
    for (const path of ['check.js', 'answer.task.md']) assert.ok(changedFiles(events).includes(path), path);
    const keptOut = events.flatMap(({ type, data }) => (type === 'committed' ? (data.keptOut ?? []) : []));
    assert.ok(keptOut.includes('.nightjar/config.yaml'), String(keptOut));
  });

  it('leave the other task its own work', () => {
    assert.deepEqual(injected.otherFiles, ['private.txt']);
  });

  it('are kept back by the sandbox: without one they work', async () => {
    const unkept = new Set<string>();
    const free = await playInjections({ mode: 'off' }, (played) => judge(played, unkept));
    const upToSandbox = injections.filter(({ isUpToSandbox }) => isUpToSandbox).map(({ order }) => order);
    assert.deepEqual([...unkept].sort(), upToSandbox.sort());
    assert.ok(free.otherFiles.includes('poisoned'));
  });
});

async function judge(played: Omit<Injected, 'otherFiles'>, worked: Set<string>): Promise<void> {
  const { ground, outcome } = played;
  try {
    for (const injection of injections)
      if (await injection.worked(ground, outcome)) worked.add(injection.order);
  } finally {
    for (const line of await processesWith(daemonOf(ground)))
      process.kill(Number(line.trim().split(' ')[0]), 'SIGKILL');
  }
}

function callsNamed({ outcome }: Injected, order: string, wanted: 'toolStarted' | 'toolEnded'): number {
  return outcome.events.filter(
    ({ type, data }) => type === wanted && data.callId.startsWith(`${nameOf(order)}/`),
  ).length;
}
