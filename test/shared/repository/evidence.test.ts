// Evidence is read from the user's repository as it came: a blob of its own, or a line of the note on the commit.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readEvidence } from '../../../shared/repository/evidence.ts';
import { calm, ScratchRepository } from './scratchRepository.ts';

const statement = { _type: 'https://in-toto.io/Statement/v1', subject: [{ name: 'größe' }] };
const payloadType = 'application/vnd.in-toto+json';

function envelope(changes: object = {}): string {
  const payload = Buffer.from(JSON.stringify(statement)).toString('base64');
  const signatures = [{ keyid: 'ab'.repeat(32), sig: 'c2ln' }];
  return `${JSON.stringify({ payloadType, payload, signatures, ...changes })}\n`;
}

async function blobOf(scratch: ScratchRepository, text: string, ...args: string[]): Promise<string> {
  const { root } = await scratch.open();
  await writeFile(join(root, '.git', 'envelope'), text);
  return (await scratch.git('hash-object', ...args, '--no-filters', join(root, '.git', 'envelope'))).trim();
}

describe('evidence', () => {
  it('is read from its blob', async () => {
    await using scratch = await ScratchRepository.with({ 'file.txt': 'x' });
    const repository = await scratch.open();
    const commit = (await scratch.git('rev-parse', 'HEAD')).trim();
    const blob = await blobOf(scratch, envelope(), '-w');
    const evidence = await readEvidence(repository, { blob, commit }, calm);
    assert.deepEqual(evidence, { statement, payloadType, keyIds: ['ab'.repeat(32)] });
  });

  it('is found among the lines of a note, where it has no blob of its own here', async () => {
    await using scratch = await ScratchRepository.with({ 'file.txt': 'x' });
    const repository = await scratch.open();
    const commit = (await scratch.git('rev-parse', 'HEAD')).trim();
    const other = envelope({ signatures: [] });
    const blob = await blobOf(scratch, envelope());
    assert.equal(await readEvidence(repository, { blob, commit }, calm), null);
    const note = await blobOf(scratch, `${other}${envelope()}`, '-w');
    await scratch.git('notes', '--ref=nightjar', 'add', '-C', note, commit);
    const evidence = await readEvidence(repository, { blob, commit }, calm);
    assert.deepEqual(evidence?.keyIds, ['ab'.repeat(32)]);
    assert.equal(await readEvidence(repository, { blob: 'f'.repeat(40), commit }, calm), null);
  });

  it('is nothing where the blob is no envelope, and unsigned where nobody signed it', async () => {
    await using scratch = await ScratchRepository.with({ 'file.txt': 'x' });
    const repository = await scratch.open();
    const commit = (await scratch.git('rev-parse', 'HEAD')).trim();
    const read = async (text: string): Promise<unknown> =>
      readEvidence(repository, { blob: await blobOf(scratch, text, '-w'), commit }, calm);
    for (const text of [
      '',
      'no json',
      '[]',
      '{}',
      envelope({ payload: 'no json' }),
      envelope({ payload: 3 }),
    ])
      assert.equal(await read(text), undefined, text);
    const unsigned = { statement, payloadType, keyIds: [] };
    assert.deepEqual(await read(envelope({ signatures: null })), unsigned);
    assert.deepEqual(await read(envelope({ signatures: [{ keyid: 'ab' }] })), unsigned);
    const tree = (await scratch.git('rev-parse', 'HEAD^{tree}')).trim();
    assert.equal(await readEvidence(repository, { blob: tree, commit }, calm), null);
  });
});
