// The runner's own log shows no secret, in words or in a stack.
import assert from 'node:assert/strict';
import { Writable } from 'node:stream';
import { createLog } from '../../../runner/host/log.ts';
import { Masker } from '../../../shared/secrets/masker.ts';
import { joined, madeUp } from '../../shared/secrets/plantedSecrets.ts';

const secret = madeUp('url', 40);
const token = joined(`sk|-ant-${madeUp('url', 60)}`);

function written(masker: Pick<Masker, 'mask'>): string {
  let text = '';
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      text += String(chunk);
      done();
    },
  });
  const log = createLog(stream, masker);
  log.info(`key ${secret}, ${token}`);
  log.bug(new Error(`no ${Buffer.from(secret).toString('base64')}`, { cause: new Error(secret) }), 'server');
  return text;
}

describe('the log of the runner', () => {
  it('masks known values and tokens', () => {
    const text = written(new Masker([{ name: 'KEY', value: secret }]));
    assert.match(text, /info key \[secret: KEY\], \[secret: Anthropic key\]\n/);
    assert.ok(!text.includes(secret) && !text.includes(token));
    assert.ok(!text.includes(Buffer.from(secret).toString('base64')));
    assert.match(text, /server: Error: no \[secret: KEY\]/);
  });

  it('would show them without the mask', () => {
    const text = written({ mask: (shown) => shown });
    assert.ok(text.includes(secret) && text.includes(token));
  });
});
