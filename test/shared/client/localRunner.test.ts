// Finding and starting the local runner with real processes: a small script stands where the runner would.
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultDataFolder } from '../../../shared/client/dataFolder.ts';
import { findOrStartLocalRunner, type LocalRunnerLaunch } from '../../../shared/client/localRunner.ts';
import { cleanRunnerEnvironment } from '../../../shared/client/runnerEnvironment.ts';
import { findRunner } from '../../../shared/client/runnerProbe.ts';
import {
  readRunnerRecord,
  removeRunnerRecord,
  writeRunnerRecord,
} from '../../../shared/client/runnerRecord.ts';
import { KnownError } from '../../../shared/errors/errors.ts';
import { calm, until } from '../../runner/server/serverWorld.ts';

/** Answers like a runner, writes its record, and notes each start. */
const runnerScript = `
import { createServer } from 'node:http';
import { appendFileSync, writeFileSync } from 'node:fs';
const [data] = process.argv.slice(2);
appendFileSync(data + '/starts', process.pid + '\\n');
const server = createServer((request, response) => response.end(JSON.stringify({ name: 'nightjar', pid: process.pid })));
setTimeout(() => server.listen(0, '127.0.0.1', () => writeFileSync(data + '/runner.json', JSON.stringify({
  url: 'ws://127.0.0.1:' + server.address().port, token: 'secret', pid: process.pid, version: '1',
  startedAt: new Date().toISOString(),
}))), 200);
`;

describe('local runner', () => {
  let folder: string;
  let data: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightjar-local-'));
    data = join(folder, 'data');
    await writeFile(join(folder, 'runner.mjs'), runnerScript);
    await writeFile(join(folder, 'broken.mjs'), "console.error('the port is on fire'); process.exit(3);");
    await writeFile(join(folder, 'mute.mjs'), 'console.log(process.pid); setInterval(() => {}, 1000);');
  });
  afterEach(async () => {
    for (const pid of await startedPids()) await end(pid);
    await rm(folder, { recursive: true, force: true });
  });

  const launch = (script: string): LocalRunnerLaunch => ({
    file: process.execPath,
    args: [join(folder, script), data],
    env: cleanRunnerEnvironment(process.env),
  });
  const startedPids = async (): Promise<number[]> =>
    (await readFile(join(data, 'starts'), 'utf8').catch(() => '')).split('\n').filter(Boolean).map(Number);
  const findOrStart = async (script = 'runner.mjs', startTimeoutMs = 8_000) =>
    findOrStartLocalRunner({ dataFolder: data, launch: launch(script), startTimeoutMs }, calm);

  it('is started once, whoever asks at the same time, and then reused', async () => {
    const addresses = await Promise.all([findOrStart(), findOrStart(), findOrStart()]);
    assert.equal((await startedPids()).length, 1);
    assert.equal(new Set(addresses.map(({ url }) => url)).size, 1);
    assert.deepEqual(await findOrStart('broken.mjs'), addresses[0]);
    assert.deepEqual(addresses[0].token, 'secret');
    await assert.rejects(stat(join(data, 'start.lock')), { code: 'ENOENT' });
  });

  it('is started anew where the record is of one that is gone', async () => {
    const first = await findOrStart();
    const [pid] = await startedPids();
    await end(pid!);
    assert.equal(await findRunner(data, calm), null);
    const second = await findOrStart();
    assert.notEqual(second.url, first.url);
    assert.equal((await startedPids()).length, 2);
  });

  it('is not taken for the stranger at its old address', async () => {
    await findOrStart();
    const record = (await readRunnerRecord(data))!;
    await writeRunnerRecord(data, { ...record, pid: process.pid });
    assert.equal(await findRunner(data, calm), null);
    await writeRunnerRecord(data, record);
    assert.notEqual(await findRunner(data, calm), null);
  });

  it('breaks a lock that was left over', async () => {
    await writeRunnerRecord(data, await madeUpRecord());
    const lock = join(data, 'start.lock');
    await writeFile(lock, '999999999');
    await findOrStart();
    await end((await startedPids())[0]!);
    await writeFile(lock, String(process.pid));
    const longAgo = new Date(Date.now() - 60_000);
    await utimes(lock, longAgo, longAgo);
    await findOrStart();
    assert.equal((await startedPids()).length, 2);
  });

  it('waits for the holder of a fresh lock, but not for ever', async () => {
    await writeRunnerRecord(data, await madeUpRecord());
    await writeFile(join(data, 'start.lock'), String(process.pid));
    await assert.rejects(findOrStart('runner.mjs', 200), (error) => failsWith(error, 'start.lock'));
    assert.deepEqual(await startedPids(), []);
  });

  it('that ends at once is reported with the end of its log', async () => {
    await writeRunnerRecord(data, await madeUpRecord());
    await writeFile(join(data, 'runner.log'), 'words of an earlier runner\n');
    await assert.rejects(findOrStart('broken.mjs'), (error) => {
      assert.ok(!String(error).includes('earlier'));
      return failsWith(error, 'exit code 3') && failsWith(error, 'the port is on fire');
    });
  });

  it('that does not answer in time is ended and reported', async () => {
    await assert.rejects(findOrStart('mute.mjs', 1_500), (error) =>
      failsWith(error, 'did not answer within 1.5 s'),
    );
    const pid = Number((await readFile(join(data, 'runner.log'), 'utf8')).trim());
    await until(() => !isRunning(pid), 'the mute runner is gone');
  });

  it('whose data folder can not be made is reported', async () => {
    const file = join(folder, 'a-file');
    await writeFile(file, '');
    const options = { dataFolder: join(file, 'data'), launch: launch('runner.mjs') };
    await assert.rejects(findOrStartLocalRunner(options, calm), (error) => failsWith(error, 'ENOTDIR'));
  });

  it('that can not be started is reported', async () => {
    const options = { dataFolder: data, launch: { ...launch('runner.mjs'), file: join(folder, 'nothing') } };
    await assert.rejects(findOrStartLocalRunner(options, calm), (error) => failsWith(error, 'ENOENT'));
  });
});

describe('runner record', () => {
  let data: string;

  beforeEach(async () => {
    data = join(await mkdtemp(join(tmpdir(), 'nightjar-record-')), 'data');
  });
  afterEach(async () => rm(join(data, '..'), { recursive: true, force: true }));

  it('is for its owner only, and removed by who wrote it', async () => {
    const record = await madeUpRecord();
    await writeRunnerRecord(data, record);
    assert.deepEqual(await readRunnerRecord(data), record);
    if (process.platform !== 'win32') {
      assert.equal((await stat(join(data, 'runner.json'))).mode & 0o777, 0o600);
      assert.equal((await stat(data)).mode & 0o777, 0o700);
    }
    await removeRunnerRecord(data, record.pid + 1);
    assert.notEqual(await readRunnerRecord(data), null);
    await removeRunnerRecord(data, record.pid);
    assert.equal(await readRunnerRecord(data), null);
  });

  it('that is damaged tells of no runner', async () => {
    await writeRunnerRecord(data, await madeUpRecord());
    for (const text of ['', '{', '[]', '{"url":1}']) {
      await writeFile(join(data, 'runner.json'), text);
      assert.equal(await readRunnerRecord(data), null, text);
    }
  });
});

describe('surroundings of a local runner', () => {
  it('are the user’s without the editor’s', () => {
    const env = {
      PATH: '/bin',
      VSCODE_PID: '1',
      ELECTRON_RUN_AS_NODE: '0',
      NODE_OPTIONS: '--inspect',
      NOTHING: undefined,
    };
    assert.deepEqual(cleanRunnerEnvironment(env), {
      PATH: '/bin',
      ELECTRON_RUN_AS_NODE: '1',
      ELECTRON_NO_ASAR: '1',
    });
  });

  it('have their data where the user says, else in the place of the platform', () => {
    assert.equal(defaultDataFolder({ NIGHTJAR_DATA: '/data', XDG_DATA_HOME: '/xdg' }), '/data');
    assert.match(defaultDataFolder({}), /nightjar$/);
    if (process.platform === 'linux')
      assert.equal(defaultDataFolder({ XDG_DATA_HOME: '/xdg' }), '/xdg/nightjar');
  });
});

async function madeUpRecord() {
  return {
    url: 'ws://127.0.0.1:1',
    token: 't',
    pid: 999_999_999,
    version: '1',
    startedAt: new Date().toISOString(),
  };
}

function failsWith(error: unknown, words: string): boolean {
  return error instanceof KnownError && error.code === 'runnerDidNotStart' && error.message.includes(words);
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function end(pid: number): Promise<void> {
  if (isRunning(pid)) process.kill(pid, 'SIGKILL');
  await until(() => !isRunning(pid), `process ${pid} is gone`);
}
