// Requests on a real socket: good ones, wrong ones, hostile ones by the thousand, and what a failure tells.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import fc from 'fast-check';
import { WebSocket } from 'ws';
import { KnownError } from '../../../shared/errors/errors.ts';
import { maxRequestBytes, protocolVersion } from '../../../shared/protocol/requests.ts';
import { calm, nothingFound, ServerWorld, token, until } from './serverWorld.ts';

const initialize = {
  jsonrpc: '2.0',
  id: 'first',
  method: 'initialize',
  params: { protocolVersion, clientName: 'raw', clientVersion: '1' },
};

describe('requests', () => {
  let world: ServerWorld;

  afterEach(async () => world[Symbol.asyncDispose]());

  it('are answered by their handlers, with checked parameters', async () => {
    world = await ServerWorld.start();
    world.createTask('one');
    const connection = world.connection();
    const runner = await connection.connect(calm);
    assert.equal(runner.runnerVersion, '1.2.3');
    assert.equal((await connection.request('tasks/get', { taskId: 'one' }, calm)).task.id, 'one');
    assert.deepEqual((await connection.request('tasks/list', {}, calm)).tasks, world.store.tasks());
    await assert.rejects(
      connection.request('tasks/get', { taskId: 'two' }, calm),
      new KnownError('taskUnknown', { task: 'two' }),
    );
    await assert.rejects(
      connection.request('tasks/get', { taskId: '../etc/passwd' }, calm),
      (error) =>
        error instanceof KnownError && error.code === 'requestInvalid' && /taskId/.test(error.message),
    );
    await assert.rejects(
      connection.request('tasks/nonsense' as 'doctor', {}, calm),
      (error) => error instanceof KnownError && error.code === 'methodUnknown',
    );
  });

  it('that meet a bug get a plain sentence; the log gets the bug', async () => {
    const bug = new TypeError('cannot read properties of undefined at /secret/path');
    world = await ServerWorld.start({ handlers: { doctor: async () => Promise.reject(bug) } });
    const connection = world.connection();
    await connection.connect(calm);
    await assert.rejects(connection.request('doctor', {}, calm), {
      message: 'The runner failed at doctor; its log tells more.',
    });
    assert.deepEqual(world.bugs, [bug]);
    assert.equal(connection.state.kind, 'connected');
  });

  it('can be cancelled, at the client at once and at the runner soon', async () => {
    let isAborted = false;
    world = await ServerWorld.start({
      handlers: {
        doctor: async (_params, signal) => {
          await once(signal, 'abort');
          isAborted = true;
          signal.throwIfAborted();
          return nothingFound;
        },
      },
    });
    const connection = world.connection();
    await connection.connect(calm);
    const controller = new AbortController();
    const asked = connection.request('doctor', {}, controller.signal);
    await connection.request('tasks/list', {}, calm);
    controller.abort(new Error('changed my mind'));
    await assert.rejects(asked, /changed my mind/);
    await until(() => isAborted, 'the handler is told');
    assert.deepEqual(world.bugs, []);
  });

  it('under way when a client goes away are aborted', async () => {
    let isAborted = false;
    world = await ServerWorld.start({
      handlers: {
        doctor: async (_params, signal) => {
          await once(signal, 'abort');
          isAborted = true;
          return nothingFound;
        },
      },
    });
    const connection = world.connection();
    await connection.connect(calm);
    const asked = connection.request('doctor', {}, calm);
    await connection.request('tasks/list', {}, calm);
    const rejected = assert.rejects(
      asked,
      (error) => error instanceof KnownError && error.code === 'connectionLost',
    );
    await connection[Symbol.asyncDispose]();
    await rejected;
    await until(() => isAborted, 'the handler is told');
  });

  it('too large for a frame are refused by the client; a frame too large ends only its own connection', async () => {
    world = await ServerWorld.start();
    const connection = world.connection();
    await connection.connect(calm);
    const text = 'x'.repeat(maxRequestBytes);
    await assert.rejects(
      connection.request('tasks/reply', { taskId: 'one', messageId: 'message-1', text }, calm),
      (error) => error instanceof KnownError && error.code === 'requestInvalid',
    );
    const raw = await openRaw(world);
    const before = process.memoryUsage().rss;
    raw.send(Buffer.alloc(64 * 1024 * 1024, 32), { binary: false }, () => undefined);
    const [code] = (await once(raw, 'close')) as [number];
    assert.ok(code === 1009 || code === 1006, `closed with ${code}`);
    assert.ok(process.memoryUsage().rss - before < 256 * 1024 * 1024, 'the frame was taken in');
    await connection.request('tasks/list', {}, calm);
  });

  it('malformed or hostile leave the server as it was', async () => {
    world = await ServerWorld.start();
    const witness = world.connection();
    await witness.connect(calm);
    const raw = await openRaw(world);
    raw.send(JSON.stringify(initialize));
    raw.on('message', () => undefined);
    const messages = [...oddMessages, ...fc.sample(anyMessage, { numRuns: 2_000, seed: 7 })];
    for (const message of messages) raw.send(message);
    await witness.request('tasks/list', {}, calm);
    const answer = answerTo(raw, 'last');
    raw.send(JSON.stringify({ jsonrpc: '2.0', id: 'last', method: 'tasks/list', params: {} }));
    assert.match(await answer, /"result":\{"seq":0,"tasks":\[\]\}/);
    raw.terminate();
    assert.deepEqual(world.bugs, []);
  });

  it('get the answers that JSON-RPC has for frames that hold none', async () => {
    world = await ServerWorld.start();
    const raw = await openRaw(world);
    const ask = async (frame: string | Buffer): Promise<unknown> => {
      raw.send(frame);
      const [data] = (await once(raw, 'message')) as [Buffer];
      return (JSON.parse(data.toString()) as { error: { code: number } }).error.code;
    };
    assert.equal(await ask('{'), -32700);
    assert.equal(await ask('[]'), -32600);
    assert.equal(await ask('{"jsonrpc":"1.0","id":1,"method":"doctor"}'), -32600);
    assert.equal(await ask(Buffer.from('{}')), -32600);
    raw.terminate();
  });

  it('of a client that takes no answers wait in that client', async () => {
    let started = 0;
    const gate = Promise.withResolvers<undefined>();
    world = await ServerWorld.start({
      handlers: {
        doctor: async () => {
          started += 1;
          await gate.promise;
          return nothingFound;
        },
      },
    });
    const raw = await openRaw(world);
    raw.send(JSON.stringify(initialize));
    const padding = 'x'.repeat(4_000);
    for (let id = 0; id < 2_000; id += 1) {
      raw.send(JSON.stringify({ jsonrpc: '2.0', id, method: 'doctor', params: {}, padding }));
    }
    await until(() => started >= 64, 'the first requests are started');
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.ok(started < 200, `${started} requests at once`);
    gate.resolve(undefined);
    await until(() => started === 2_000, 'all requests are started in the end');
    raw.terminate();
  });
});

const oddMessages: (string | Buffer)[] = [
  'null',
  '5',
  '"text"',
  '[]',
  '{}',
  '{"jsonrpc":"2.0"}',
  '{"jsonrpc":"2.0","method":"$/cancelRequest"}',
  '{"jsonrpc":"2.0","method":"$/cancelRequest","params":null}',
  '{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":{}}}',
  '{"jsonrpc":"2.0","method":"$/cancelRequest","params":{"id":"first"}}',
  '{"jsonrpc":"2.0","method":"$/progress","params":{}}',
  '{"jsonrpc":"2.0","method":"$/setTrace","params":{"value":"verbose"}}',
  '{"jsonrpc":"2.0","id":1,"method":"__proto__","params":{}}',
  '{"jsonrpc":"2.0","id":2,"method":"constructor","params":{}}',
  '{"jsonrpc":"2.0","id":3,"method":"toString","params":[1,2]}',
  '{"jsonrpc":"2.0","id":4,"method":"tasks/get","params":{"__proto__":{"taskId":"one"}}}',
  '{"jsonrpc":"2.0","id":5,"method":"tasks/get","params":{"taskId":"one","extra":1}}',
  '{"jsonrpc":"2.0","id":6,"method":"tasks/get"}',
  '{"jsonrpc":"2.0","id":7,"method":"tasks/get","params":["one"]}',
  '{"jsonrpc":"2.0","id":8,"result":{}}',
  '{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"x"}}',
  '{"jsonrpc":"2.0","id":1e400,"method":"doctor","params":{}}',
  '{"jsonrpc":"2.0","method":"event","params":{}}',
  `{"jsonrpc":"2.0","id":9,"method":"doctor","params":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
  Buffer.alloc(1_000),
];

/** Requests with odd parts, broken JSON, and bytes. */
const anyMessage = fc.oneof(
  fc.string({ maxLength: 200 }),
  fc.json(),
  fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
  fc
    .record({
      jsonrpc: fc.oneof(fc.constant('2.0'), fc.jsonValue()),
      id: fc.jsonValue(),
      method: fc.oneof(
        fc.constantFrom(
          'tasks/get',
          'tasks/create',
          'events/list',
          'bundles/upload',
          'logs/read',
          'initialize',
        ),
        fc.jsonValue(),
      ),
      params: fc.jsonValue(),
    })
    .map((message) => JSON.stringify(message)),
);

async function openRaw(world: ServerWorld): Promise<WebSocket> {
  const socket = new WebSocket(`${world.url}/rpc`, { headers: { authorization: `Bearer ${token}` } });
  socket.on('error', () => undefined);
  await once(socket, 'open');
  return socket;
}

async function answerTo(socket: WebSocket, id: string): Promise<string> {
  return new Promise((resolve, reject) => {
    socket.on('message', (data: Buffer) => {
      if (data.includes(`"id":"${id}"`)) resolve(data.toString());
    });
    socket.once('close', (code) => reject(new Error(`The server closed the socket with ${code}.`)));
  });
}
