// Facts are recorded without secrets, and still say what the task needs to go on.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventStore } from '../../../runner/store/eventStore.ts';
import { maskFact } from '../../../runner/tasks/maskFact.ts';
import { Masker } from '../../../shared/secrets/masker.ts';
import type { Fact } from '../../../shared/task/events.ts';
import { joined, madeUp } from '../../shared/secrets/plantedSecrets.ts';
import { createdData } from '../../support/taskFacts.ts';

const secret = madeUp('url', 40);
const token = joined(`gh|p_${madeUp('word', 36)}`);
const masker = new Masker([{ name: 'KEY', value: secret }]);
const both = `a ${secret} b ${token} c`;
const masked = 'a [secret: KEY] b [secret: GitHub token] c';

function dataOf(fact: Fact): unknown {
  return maskFact(fact, masker).data;
}

describe('maskFact', () => {
  it('masks what tools, checks, the model and failures say', () => {
    const outcome = { exitCode: 1, timedOut: false, durationMs: 1, tail: both, log: 'a.log' };
    const ended: Fact = {
      type: 'checkEnded',
      data: {
        ...outcome,
        ...{ round: 1, name: 'test', command: 'npm test', commit: 'f'.repeat(40), passed: false },
        problems: [{ file: 'a.ts', line: 1, column: null, severity: 'error', message: both }],
        problemsLeftOut: 0,
      },
    };
    const data = dataOf(ended) as typeof ended.data;
    assert.equal(data.tail, masked);
    assert.equal(data.problems[0]?.message, masked);
    const error = { code: 'modelRefused', message: both, remedy: both, mayRetry: false } as const;
    const failed = dataOf({ type: 'taskFailed', data: { error, commit: null, ref: null } });
    assert.deepEqual(failed, {
      error: { ...error, message: masked, remedy: masked },
      commit: null,
      ref: null,
    });
    for (const fact of [
      {
        type: 'toolEnded',
        data: { turn: 1, callId: 'c', name: 'read', ok: true, text: both, log: null, durationMs: 1 },
      },
      { type: 'messageReceived', data: { messageId: 'm', text: both } },
      { type: 'modelRetried', data: { turn: 1, attempt: 1, reason: both, waitMs: 1, mayBeBilled: false } },
      { type: 'setUpEnded', data: outcome },
    ] as const) {
      assert.ok(JSON.stringify(fact).includes(secret) && JSON.stringify(fact).includes(token));
      assert.ok(!JSON.stringify(dataOf(fact)).includes(secret), fact.type);
      assert.ok(!JSON.stringify(dataOf(fact)).includes(token), fact.type);
    }
  });

  it('leaves what a task finds itself by, and what is carried out as it was written', () => {
    const command = `TOKEN=${token} npm test`;
    const started = { round: 1, name: command, command, commit: 'f'.repeat(40) };
    assert.deepEqual(dataOf({ type: 'checkStarted', data: started }), started);
    const call = { turn: 1, callId: 'c', name: 'write', arguments: JSON.stringify({ content: token }) };
    assert.deepEqual(dataOf({ type: 'toolStarted', data: call }), call);
    // The arguments of `finish` become the summary and the commit message: words, and nothing is done with them.
    const finish = { ...call, name: 'finish', arguments: JSON.stringify({ commitMessage: `Use ${token}` }) };
    const finished = dataOf({ type: 'toolStarted', data: finish }) as typeof finish;
    assert.deepEqual(JSON.parse(finished.arguments), { commitMessage: 'Use [secret: GitHub token]' });
    const known = { ...call, arguments: JSON.stringify({ content: secret }) };
    const written = dataOf({ type: 'toolStarted', data: known }) as typeof known;
    assert.deepEqual(JSON.parse(written.arguments), { content: '[secret: KEY]' });
  });

  it('masks the spec and the context of a hand-off, not its commands', () => {
    const created = createdData();
    const data = { ...created, spec: { ...created.spec, goal: both }, setUp: `TOKEN=${token} npm ci` };
    const result = dataOf({ type: 'taskCreated', data }) as typeof data;
    assert.equal(result.spec.goal, masked);
    assert.deepEqual({ ...result, spec: data.spec }, data);
  });

  it('is what the store writes and tells', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'nightjar-mask-'));
    try {
      const open = (mask?: (fact: Fact) => Fact) =>
        EventStore.open(join(folder, 'a.sqlite'), { path: folder, pid: 1 }, mask);
      const created: Fact = { type: 'taskCreated', data: createdData() };
      const fact: Fact = { type: 'messageReceived', data: { messageId: 'm', text: both } };
      {
        using store = open((one) => maskFact(one, masker));
        const [told] = store.append('a-1', [created, fact], new Date()).slice(1);
        assert.deepEqual(told?.data, { messageId: 'm', text: masked });
        assert.ok(!JSON.stringify(store.eventsOf('a-1', 0)).includes(secret));
      }
      // The control: without a mask it is written as it is.
      using store = open();
      store.append('a-1', [fact], new Date());
      assert.ok(JSON.stringify(store.eventsOf('a-1', 0)).includes(secret));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
