// Bundles over real sockets: whole, cut short, damaged, too large, given up; and no file left in any case.
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { receiveBundle, sendBundle } from '../../../shared/client/bundles.ts';
import type { RunnerConnection } from '../../../shared/client/runnerConnection.ts';
import { KnownError } from '../../../shared/errors/errors.ts';
import { bundleFrameBytes, type RequestParams } from '../../../shared/protocol/requests.ts';
import { calm, ServerWorld, token, until, type WorldOptions } from './serverWorld.ts';

const bytes = randomBytes(3 * bundleFrameBytes + 17);
const oneTask = { taskId: 'one', have: [] };

describe('transfers', () => {
  let folder: string;
  let world: ServerWorld;
  let connection: RunnerConnection;
  let received: Buffer[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightjar-transfers-'));
    await writeFile(join(folder, 'bundle'), bytes);
    received = [];
  });
  afterEach(async () => {
    await world[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const start = async (options: WorldOptions = {}): Promise<void> => {
    const takeIn = async ({ file }: { readonly file: string }): Promise<void> => {
      received.push(await readFile(file));
    };
    const transfers = { receiveBundle: takeIn, ...options.transfers };
    world = await ServerWorld.start({ ...options, transfers });
    world.createTask('one');
    connection = world.connection();
    await connection.connect(calm);
  };
  const announce = async (changes: Partial<RequestParams<'bundles/upload'>> = {}): Promise<string> =>
    (await connection.request('bundles/upload', { ...announcement(bytes), ...changes }, calm)).transferId;
  const send = async (transferId: string, signal = calm): Promise<number[]> => {
    const progress: number[] = [];
    const onProgress = (sentBytes: number): void => void progress.push(sentBytes);
    await sendBundle({ url: world.url, token }, transferId, join(folder, 'bundle'), { onProgress }, signal);
    return progress;
  };
  const nothingIsLeft = async (): Promise<void> => {
    await until(async () => (await world.uploadedFiles()).length === 0, 'the uploads folder is empty');
    assert.deepEqual(world.bugs, []);
  };

  it('bring a bundle up as it is', async () => {
    let announced: unknown;
    await start({
      transfers: {
        receiveBundle: async ({ file, ...rest }) => {
          announced = rest;
          received.push(await readFile(file));
        },
      },
    });
    const progress = await send(await announce());
    assert.deepEqual(received, [bytes]);
    const { repositoryId, snapshot, ref, shallow } = announcement(bytes);
    assert.deepEqual(announced, { repositoryId, snapshot, ref, shallow });
    assert.deepEqual(progress, [1, 2, 3].map((count) => count * bundleFrameBytes).concat(bytes.length));
    await nothingIsLeft();
  });

  it('answer only when the bundle has been taken in', async () => {
    const gate = Promise.withResolvers<undefined>();
    await start({ transfers: { receiveBundle: async () => gate.promise } });
    let isDone = false;
    const sending = send(await announce()).then(() => (isDone = true));
    await delay(200);
    assert.equal(isDone, false);
    gate.resolve(undefined);
    await sending;
    await nothingIsLeft();
  });

  it('refuse a bundle that is shorter or longer than announced, or another', async () => {
    await start();
    const cases = [
      [{ sizeBytes: bytes.length + 1 }, 'bundleCutShort', `${bytes.length} of ${bytes.length + 1} bytes`],
      [{ sizeBytes: bundleFrameBytes }, 'bundleCorrupted', 'longer'],
      [{ sizeBytes: 0 }, 'bundleCorrupted', 'longer'],
      [{ sha256: '0'.repeat(64) }, 'bundleCorrupted', 'SHA-256'],
    ] as const;
    for (const [changes, code, words] of cases)
      await assert.rejects(send(await announce(changes)), isError(code, words));
    assert.deepEqual(received, []);
    await nothingIsLeft();
  });

  it('refuse at once what is larger than the quota', async () => {
    await start({ uploadQuotaBytes: bytes.length - 1 });
    await assert.rejects(announce(), isError('bundleTooLarge', `${bytes.length} bytes`));
  });

  it('pass on why a bundle could not be taken in', async () => {
    await start({
      transfers: {
        receiveBundle: async () =>
          Promise.reject(new KnownError('bundleCorrupted', { detail: 'not a bundle' })),
      },
    });
    await assert.rejects(send(await announce()), isError('bundleCorrupted', 'not a bundle'));
    await nothingIsLeft();
  });

  it('tell of a full disk', async () => {
    const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
    await start({ transfers: { makeResultBundle: async () => Promise.reject(full) } });
    await assert.rejects(
      connection.request('bundles/download', oneTask, calm),
      isError('diskFull', 'uploads'),
    );
    await nothingIsLeft();
  });

  it('hide a bug from the client and log it', async () => {
    const bug = new TypeError('oops');
    await start({ transfers: { receiveBundle: async () => Promise.reject(bug) } });
    await assert.rejects(send(await announce()), {
      message: 'The runner failed at the transfer; its log tells more.',
    });
    assert.deepEqual(world.bugs, [bug]);
  });

  it('leave nothing when the client gives up in the middle', async () => {
    await start();
    const transferId = await announce();
    const socket = await openRaw(world, transferId);
    socket.send(bytes.subarray(0, bundleFrameBytes));
    await until(async () => (await world.uploadedFiles()).length === 1, 'the upload has begun');
    socket.terminate();
    await nothingIsLeft();
    assert.deepEqual(received, []);
  });

  it('stop taking a bundle in when the client cancels', async () => {
    let isAborted = false;
    await start({
      transfers: {
        receiveBundle: async (_bundle, signal) => {
          await once(signal, 'abort');
          isAborted = true;
          signal.throwIfAborted();
        },
      },
    });
    const controller = new AbortController();
    const sending = send(await announce(), controller.signal);
    await delay(100);
    controller.abort(new Error('no, thanks'));
    await assert.rejects(sending, /no, thanks/);
    await until(() => isAborted, 'the runner stops');
    await nothingIsLeft();
  });

  it('give up a client that sends nothing more', async () => {
    await start({ times: { uploadIdleMs: 100 } });
    const socket = await openRaw(world, await announce());
    socket.send(bytes.subarray(0, 10));
    await once(socket, 'close');
    await nothingIsLeft();
  });

  it('can be claimed once, by who has the token', async () => {
    await start();
    const transferId = await announce();
    const address = { url: world.url, token: null };
    const options = { onProgress: () => undefined };
    await assert.rejects(
      sendBundle(address, transferId, join(folder, 'bundle'), options, calm),
      isError('tokenMissing', ''),
    );
    await send(transferId);
    await assert.rejects(send(transferId), isError('runnerUnreachable', '404'));
    await assert.rejects(send('00000000-0000'), isError('runnerUnreachable', '404'));
  });

  it('say at once that the file of the client is missing', async () => {
    await start();
    const transferId = await announce();
    await rm(join(folder, 'bundle'));
    await assert.rejects(send(transferId), { code: 'ENOENT' });
    await nothingIsLeft();
  });

  it('end with the server, files removed', async () => {
    await start();
    const socket = await openRaw(world, await announce());
    socket.send(bytes.subarray(0, 10));
    await connection.request('bundles/download', oneTask, calm);
    await until(async () => (await world.uploadedFiles()).length === 2, 'both files are there');
    await world.stopServer();
    assert.deepEqual(await world.uploadedFiles(), []);
  });

  describe('back', () => {
    const makeResultBundle = async (_taskId: string, _have: readonly string[], file: string) => {
      await copyFile(join(folder, 'bundle'), file);
      return { ref: 'refs/nightjar/tasks/one', commit: 'c'.repeat(40) };
    };

    it('bring the bundle as it is', async () => {
      await start({ transfers: { makeResultBundle } });
      const { transferId, sizeBytes, sha256, ref } = await connection.request(
        'bundles/download',
        oneTask,
        calm,
      );
      const file = join(folder, 'received');
      await receiveBundle({ url: world.url, token }, transferId, { file, sizeBytes, sha256 }, calm);
      assert.deepEqual(await readFile(file), bytes);
      assert.equal(ref, 'refs/nightjar/tasks/one');
      await nothingIsLeft();
    });

    it('are checked against what was announced', async () => {
      await start({ transfers: { makeResultBundle } });
      const cases = [
        [{ sizeBytes: bytes.length + 1 }, 'bundleCutShort'],
        [{ sizeBytes: 10 }, 'bundleCorrupted'],
        [{ sha256: '0'.repeat(64) }, 'bundleCorrupted'],
      ] as const;
      for (const [index, [changes, code]] of cases.entries()) {
        const { transferId, sizeBytes, sha256 } = await connection.request('bundles/download', oneTask, calm);
        const target = { file: join(folder, `received-${index}`), sizeBytes, sha256, ...changes };
        await assert.rejects(
          receiveBundle({ url: world.url, token }, transferId, target, calm),
          isError(code, ''),
        );
      }
      await nothingIsLeft();
    });

    it('fail as the making of the bundle failed', async () => {
      const missing = new KnownError('resultMissing', { task: 'one' });
      await start({ transfers: { makeResultBundle: async () => Promise.reject(missing) } });
      await assert.rejects(connection.request('bundles/download', oneTask, calm), missing);
      await nothingIsLeft();
    });
  });
});

function announcement(content: Buffer): RequestParams<'bundles/upload'> {
  return {
    repositoryId: '0'.repeat(32),
    snapshot: 'a'.repeat(40),
    ref: 'refs/nightjar/snapshots/one',
    sizeBytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
    shallow: ['b'.repeat(40)],
  };
}

async function openRaw(world: ServerWorld, transferId: string): Promise<WebSocket> {
  const headers = { authorization: `Bearer ${token}` };
  const socket = new WebSocket(`${world.url}/bundles/${transferId}`, { headers });
  socket.on('error', () => undefined);
  await once(socket, 'open');
  return socket;
}

function isError(code: KnownError['code'], words: string): (error: unknown) => boolean {
  return (error) => error instanceof KnownError && error.code === code && error.message.includes(words);
}
