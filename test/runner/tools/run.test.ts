// The run tool: exit codes, long output kept whole, time-outs and stopping, with real commands.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { openToolRig } from './toolRig.ts';

describe('the run tool', () => {
  it('shows exit code and output of both streams, and what was printed live', async () => {
    await using rig = await openToolRig();
    const outcome = await rig.call('run', { command: 'echo out; sleep 0.1; echo err >&2; exit 3' });
    assert.deepEqual([outcome.ok, outcome.exitCode], [false, 3]);
    assert.match(outcome.text, /^Exit code 3 after \d+\.\d s\.\nout\nerr\n$/);
    assert.equal(outcome.isLogged, false);
    assert.ok(!existsSync(rig.logFile), 'the log of a short output is of no use');
    assert.equal(rig.watched.join(''), 'out\nerr\n');
  });

  it('runs in the workspace and says when nothing was printed', async () => {
    await using rig = await openToolRig();
    assert.match((await rig.call('run', { command: 'touch made' })).text, /^Exit code 0 .*\n\(no output\)$/);
    assert.equal(await rig.get('made'), '');
  });

  it('says with 127 that a command was not found', async () => {
    await using rig = await openToolRig();
    assert.match((await rig.call('run', { command: 'no-such-command' })).text, /^Exit code 127[^]*not found/);
  });

  it('leaves colours out, and the earlier states of a line that draws over itself', async () => {
    await using rig = await openToolRig();
    const { text } = await rig.call('run', {
      command: String.raw`printf '\033[31mred\033[0m\n10%%\r50%%\rdone\r\nend\n'`,
    });
    assert.match(text, /\nred\ndone\nend\n$/);
  });

  it('shortens 10 MB in the middle and keeps them whole', async () => {
    await using rig = await openToolRig();
    const { ok, text, isLogged } = await rig.call('run', {
      command: `echo first; head -c 10000000 /dev/zero | tr '\\0' 'ä' | fold -w 79; echo; echo last`,
    });
    assert.equal(ok, true);
    assert.equal(isLogged, true);
    assert.ok(Buffer.byteLength(text) <= 16_384, `${Buffer.byteLength(text)} bytes`);
    assert.match(text, /^Exit code 0 .*\nfirst\n/);
    assert.match(text, /\nlast\n$/);
    assert.match(text, /\[… \d+\.\d MiB left out …\]/);
    assert.ok((await stat(rig.logFile)).size > 10_000_000);
  });

  it('says plainly that a command was ended after its time', async () => {
    await using rig = await openToolRig({ commandTimeoutMs: 60_000 });
    const call = { command: 'echo begun; sleep 30', timeoutSeconds: 0.3 };
    const { ok, text, exitCode } = await rig.call('run', call);
    assert.deepEqual([ok, exitCode], [false, null]);
    assert.match(text, /^Timed out: the command was ended after 0\.3 s\. The output so far:\nbegun\n$/);
  });

  it('gives no command more time than the runner does', async () => {
    await using rig = await openToolRig({ commandTimeoutMs: 200 });
    assert.match((await rig.call('run', { command: 'sleep 30', timeoutSeconds: 100 })).text, /^Timed out/);
  });

  it('ends with the task', async () => {
    await using rig = await openToolRig();
    const controller = new AbortController();
    const reason = new Error('stopped by the test');
    const running = rig.call('run', { command: 'sleep 30' }, controller.signal);
    setTimeout(() => controller.abort(reason), 100);
    await assert.rejects(running, (error) => error === reason);
  });
});
