// Every way to make evidence say what was never proved: each is seen, and would pass without the one look that sees it.
import assert from 'node:assert/strict';
import { envelopeSchema, parseEnvelope, type Envelope } from '../../../shared/evidence/envelope.ts';
import { statementSchema } from '../../../shared/evidence/statement.ts';
import { openEnvelope } from '../../../shared/repository/envelopeSignature.ts';
import {
  verifyEvidence,
  type EvidenceFlaw,
  type EvidenceReport,
  type Verification,
} from '../../../shared/repository/verifyEvidence.ts';
import { newKey, signed, statementFor, type Evidenced } from '../../support/signedEvidence.ts';
import { calm, ScratchRepository } from './scratchRepository.ts';

const runner = newKey();
const stranger = newKey();
const keys = [{ keyid: runner.keyid, address: 'the runner' }];

/** A base, a snapshot on it, and two results of tasks on that. */
async function withResults() {
  const scratch = await ScratchRepository.with({ 'a.txt': 'a\n' });
  const base = (await scratch.git('rev-parse', 'HEAD')).trim();
  await scratch.write('a.txt', 'b\n');
  const snapshot = await scratch.commit('snapshot');
  await scratch.write('a.txt', 'c\n');
  const commit = await scratch.commit('good work');
  await scratch.write('a.txt', 'bad\n');
  const other = await scratch.commit('bad work');
  const note = async (on: string, line: string): Promise<void> => {
    await scratch.git('notes', '--ref=nightjar', 'add', '-f', '-m', line, on);
  };
  const verify = async (tip: string): Promise<Verification> =>
    verifyEvidence(await scratch.open(), { tip, taskId: null, keys }, calm);
  const dispose = async (): Promise<void> => scratch[Symbol.asyncDispose]();
  return { scratch, base, snapshot, commit, other, note, verify, [Symbol.asyncDispose]: dispose };
}

function envelopeIn(line: string): Envelope {
  return envelopeSchema.parse(JSON.parse(line));
}

/** The envelope with its payload changed, nothing else. */
function forged(line: string, change: (text: string) => string): string {
  const envelope = envelopeIn(line);
  const text = Buffer.from(envelope.payload, 'base64').toString();
  assert.notEqual(change(text), text);
  return JSON.stringify({ ...envelope, payload: Buffer.from(change(text)).toString('base64') });
}

/** What a reader sees who takes the payload for what it says. */
function believed(line: string): ReturnType<typeof statementSchema.parse> {
  const envelope = envelopeIn(line);
  return statementSchema.parse(JSON.parse(Buffer.from(envelope.payload, 'base64').toString()));
}

function only({ reports }: Verification): EvidenceReport {
  assert.equal(reports.length, 1);
  return reports[0]!;
}

describe('verifyEvidence', () => {
  it('finds nothing wrong with what a known runner has signed', async () => {
    await using at = await withResults();
    await at.note(at.commit, signed(statementFor(at), runner));
    const found = await at.verify(at.commit);
    const { flaws, signer, keyid, predicate } = only(found);
    assert.deepEqual([flaws, signer, keyid], [[], keys[0], runner.keyid]);
    assert.deepEqual([found.evidenced, found.unproved, predicate?.verdict], [at.commit, 0, 'verified']);
  });

  it('sees a payload that was changed', async () => {
    await using at = await withResults();
    const failed = signed(statementFor(at, { verdict: 'failed' }), runner);
    const line = forged(failed, (text) => text.replace('"verdict":"failed"', '"verdict":"verified"'));
    await at.note(at.commit, line);
    assert.deepEqual(only(await at.verify(at.commit)).flaws, ['signatureWrong']);
    // Without the signature: well-formed evidence of this very commit, and a good verdict.
    const { subject, predicate } = believed(line);
    assert.deepEqual([subject[0]?.digest.gitCommit, predicate.verdict], [at.commit, 'verified']);
  });

  it('sees the payload of one envelope in another', async () => {
    await using at = await withResults();
    const failed = envelopeIn(signed(statementFor(at, { verdict: 'failed' }), runner));
    const earlier = envelopeIn(signed(statementFor(at), runner));
    const line = JSON.stringify({ ...failed, payload: earlier.payload });
    await at.note(at.commit, line);
    assert.deepEqual(only(await at.verify(at.commit)).flaws, ['signatureWrong']);
    // Each of the two by itself is sound.
    assert.deepEqual([openEnvelope(failed).flaw, openEnvelope(earlier).flaw], [null, null]);
  });

  it('sees what another key has signed, and says so rather than to believe the key that came along', async () => {
    await using at = await withResults();
    await at.note(at.commit, signed(statementFor(at), stranger));
    const { flaws, signer, keyid } = only(await at.verify(at.commit));
    assert.deepEqual([flaws, signer, keyid], [[], null, stranger.keyid]);
  });

  it('sees a stranger’s signature and key under the name of the known key', async () => {
    await using at = await withResults();
    const line = signed(statementFor(at), { ...stranger, keyid: runner.keyid });
    await at.note(at.commit, line);
    const report = only(await at.verify(at.commit));
    assert.deepEqual([report.flaws, report.signer], [['keyIdWrong'], null]);
    // By the name alone it would be the runner's.
    assert.equal(parseEnvelope(line)?.signatures[0]?.keyid, runner.keyid);
  });

  it('sees a stranger’s signature beside the known key itself', async () => {
    await using at = await withResults();
    await at.note(at.commit, signed(statementFor(at), { ...runner, privateKey: stranger.privateKey }));
    assert.deepEqual(only(await at.verify(at.commit)).flaws, ['signatureWrong']);
  });

  it('sees the note of one commit on another', async () => {
    await using at = await withResults();
    const line = signed(statementFor(at), runner);
    await at.note(at.other, line);
    const { flaws, signer } = only(await at.verify(at.other));
    assert.deepEqual([flaws, signer?.keyid], [['otherCommit'], runner.keyid]);
    // Its signature is a good one: only the commit tells.
    assert.equal(openEnvelope(envelopeIn(line)).flaw, null);
  });

  const cases: Record<string, [change: (at: Evidenced & { other: string }) => Evidenced, EvidenceFlaw[]]> = {
    'a base that is not here': [(at) => ({ ...at, base: '1'.repeat(40) }), ['baseMissing']],
    'a snapshot that is not here': [(at) => ({ ...at, snapshot: '1'.repeat(40) }), ['snapshotMissing']],
    'a snapshot that the commit does not come from': [
      (at) => ({ ...at, snapshot: at.other }),
      ['otherHistory'],
    ],
    'a base that the snapshot does not come from': [(at) => ({ ...at, base: at.commit }), ['otherHistory']],
  };
  for (const [name, [change, flaws]] of Object.entries(cases))
    it(`sees ${name}`, async () => {
      await using at = await withResults();
      await at.note(at.commit, signed(statementFor(change(at)), runner));
      assert.deepEqual(only(await at.verify(at.commit)).flaws, flaws);
    });

  it('sees what is no evidence, or evidence of another form', async () => {
    await using at = await withResults();
    const statement = statementFor(at);
    for (const [line, flaw] of [
      ['looks good to me', 'unreadable'],
      ['{"payloadType":"application/vnd.in-toto+json"}', 'unreadable'],
      [signed({ ...statement, predicateType: 'v2' } as never, runner), 'otherForm'],
      [signed({ ...statement, predicate: {} } as never, runner), 'unreadable'],
    ] as const) {
      await at.note(at.commit, line);
      const report = only(await at.verify(at.commit));
      assert.deepEqual([report.flaws, report.predicate], [[flaw], null], line);
    }
  });

  it('finds the newest evidence behind the tip, and counts what came after', async () => {
    await using at = await withResults();
    assert.deepEqual((await at.verify(at.other)).evidenced, null);
    await at.note(at.commit, signed(statementFor(at), runner));
    const found = await at.verify(at.other);
    assert.deepEqual([found.evidenced, found.unproved, only(found).flaws], [at.commit, 1, []]);
    // What stands before it is not proved by it.
    assert.equal((await at.verify(at.snapshot)).evidenced, null);
  });

  it('tells of all that is noted on a commit, or of one task’s', async () => {
    await using at = await withResults();
    const [mine, fake] = [signed(statementFor(at), runner), signed(statementFor(at), stranger)];
    await at.note(at.commit, `${mine}\n${fake}`);
    const repository = await at.scratch.open();
    const { reports } = await at.verify(at.commit);
    assert.deepEqual(
      reports.map(({ signer }) => signer?.address ?? null),
      ['the runner', null],
    );
    const wanted = { tip: at.commit, taskId: 't2', keys };
    assert.deepEqual((await verifyEvidence(repository, wanted, calm)).reports, []);
  });
});
