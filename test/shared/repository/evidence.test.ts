// Evidence is read from the user's repository as it came: a line of the note on the commit.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readEvidence } from '../../../shared/repository/evidence.ts';
import { calm, ScratchRepository } from './scratchRepository.ts';

const statement = { _type: 'https://in-toto.io/Statement/v1', subject: [{ name: 'größe' }] };
const payloadType = 'application/vnd.in-toto+json';
const keyid = 'ab'.repeat(32);

function envelope(changes: object = {}): string {
  const payload = Buffer.from(JSON.stringify(statement)).toString('base64');
  const signatures = [{ keyid, sig: 'c2ln', publicKey: 'a2V5' }];
  return `${JSON.stringify({ payloadType, payload, signatures, ...changes })}\n`;
}

async function blobOf(scratch: ScratchRepository, text: string): Promise<string> {
  const { root } = await scratch.open();
  await writeFile(join(root, '.git', 'envelope'), text);
  return (await scratch.git('hash-object', '-w', '--no-filters', join(root, '.git', 'envelope'))).trim();
}

describe('evidence', () => {
  it('is found among the lines of a note', async () => {
    await using scratch = await ScratchRepository.with({ 'file.txt': 'x' });
    const repository = await scratch.open();
    const commit = (await scratch.git('rev-parse', 'HEAD')).trim();
    const blob = await blobOf(scratch, envelope());
    assert.equal(await readEvidence(repository, { blob, commit }, calm), null, 'no note yet');
    const other = envelope({ payload: Buffer.from('{}').toString('base64') });
    const note = await blobOf(scratch, `${other}${envelope()}`);
    await scratch.git('notes', '--ref=nightjar', 'add', '-C', note, commit);
    assert.deepEqual(await readEvidence(repository, { blob, commit }, calm), { statement, keyIds: [keyid] });
    assert.equal(await readEvidence(repository, { blob: 'f'.repeat(40), commit }, calm), null);
  });

  it('is nothing where the line is no envelope, or nobody signed it', async () => {
    await using scratch = await ScratchRepository.with({ 'file.txt': 'x' });
    const repository = await scratch.open();
    const commit = (await scratch.git('rev-parse', 'HEAD')).trim();
    const strange = ['no json\n', '[]\n', '{}\n', envelope({ payload: 3 }), envelope({ signatures: [] })];
    for (const text of [...strange, envelope({ payload: Buffer.from('no json').toString('base64') })]) {
      const blob = await blobOf(scratch, text);
      await scratch.git('notes', '--ref=nightjar', 'add', '-f', '-C', blob, commit);
      assert.equal(await readEvidence(repository, { blob, commit }, calm), undefined, text);
    }
  });
});
