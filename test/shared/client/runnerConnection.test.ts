// A client's connection against a real server: how it gets in, what it says when it doesn't, and how it comes back.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import type { ConnectionState } from '../../../shared/client/connectionState.ts';
import { doorUrl } from '../../../shared/client/runnerAddress.ts';
import { KnownError } from '../../../shared/errors/errors.ts';
import { calm, nothingFound, ServerWorld, token, until } from '../../runner/server/serverWorld.ts';

describe('runner connection', () => {
  let world: ServerWorld;

  beforeEach(async () => {
    world = await ServerWorld.start({ times: { farewellMs: 50 } });
  });
  afterEach(async () => world[Symbol.asyncDispose]());

  it('says why it can not get in', async () => {
    const cases = [
      [{ url: world.url, token: null }, 'tokenMissing'],
      [{ url: world.url, token: 'guess' }, 'tokenWrong'],
      [{ url: world.url, token: 'guess again' }, 'tokenWrong'],
      [{ url: world.url, token: 'and again' }, 'tooManyAttempts'],
      [{ url: 'ws://127.0.0.1:1', token }, 'runnerUnreachable'],
      [{ url: 'nonsense', token }, 'runnerUnreachable'],
      [{ url: 'ftp://127.0.0.1', token }, 'runnerUnreachable'],
    ] as const;
    for (const [address, code] of cases) {
      const connection = world.connection({ resolveAddress: async () => address });
      await assert.rejects(connection.connect(calm), isError(code), code);
      assert.ok(connection.state.kind === 'closed' && connection.state.error?.code === code);
    }
  });

  it('tells a foreign server from a runner', async () => {
    const foreign = createServer((socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'));
    foreign.listen(0, '127.0.0.1');
    await once(foreign, 'listening');
    const url = `ws://127.0.0.1:${(foreign.address() as AddressInfo).port}`;
    const connection = world.connection({ resolveAddress: async () => ({ url, token }) });
    await assert.rejects(
      connection.connect(calm),
      (error) => isError('runnerUnreachable')(error) && /200/.test(String(error)),
    );
    foreign.close();
  });

  it('comes back by itself, to where the runner is then', async () => {
    const connection = world.connection({ isPersistent: true });
    const kinds: string[] = [];
    connection.onState(({ kind }) => kinds.push(kind));
    await connection.connect(calm);
    const firstAddress = connection.address?.url;
    await world.stopServer();
    await until(() => connection.state.kind === 'waiting', 'the connection is lost');
    await assert.rejects(connection.request('tasks/list', {}, calm), isError('connectionLost'));
    await world.startServer();
    await until(() => connection.state.kind === 'connected', 'the connection is back');
    await connection.request('tasks/list', {}, calm);
    assert.notEqual(connection.address?.url, firstAddress);
    assert.deepEqual(kinds.slice(0, 4), ['connecting', 'connected', 'waiting', 'connecting']);
  });

  it('does not come back where that is not wanted, but can be told to', async () => {
    const connection = world.connection();
    await connection.connect(calm);
    await world.stopServer();
    await until(() => connection.state.kind === 'closed', 'the connection is closed');
    await world.startServer();
    await connection.connect(calm);
    assert.equal(connection.state.kind, 'connected');
  });

  it('keeps trying from the start where it is persistent, until it is told to give up', async () => {
    const connection = world.connection({
      resolveAddress: async () => ({ url: 'ws://127.0.0.1:1', token }),
      isPersistent: true,
    });
    const controller = new AbortController();
    const connecting = connection.connect(controller.signal);
    await until(() => connection.state.kind === 'waiting', 'the first attempt has failed');
    controller.abort(new Error('enough'));
    await assert.rejects(connecting, /enough/);
    assert.deepEqual(connection.state, { kind: 'closed', error: null });
  });

  it('notices a runner that is silently gone', async () => {
    // Takes connections through, until it is told to swallow everything.
    const sockets: Socket[] = [];
    const { connect } = await import('node:net');
    const proxy = createServer((client) => {
      const runner = connect(world.server.address.port, '127.0.0.1');
      sockets.push(client, runner);
      for (const socket of [client, runner]) socket.on('error', () => undefined);
      client.pipe(runner);
      runner.pipe(client);
    });
    proxy.listen(0, '127.0.0.1');
    await once(proxy, 'listening');
    const url = `ws://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const connection = world.connection({ resolveAddress: async () => ({ url, token }), pingIntervalMs: 60 });
    await connection.connect(calm);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(connection.state.kind, 'connected', 'pings are answered');
    for (const socket of sockets) socket.unpipe().pause();
    await until(() => connection.state.kind === 'closed', 'the silence is noticed');
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });

  it('gets all answers that came just before the end', async () => {
    const gate = Promise.withResolvers<undefined>();
    let waiting = 0;
    await world.stopServer();
    await world.startServer({
      handlers: {
        doctor: async () => {
          waiting += 1;
          await gate.promise;
          return nothingFound;
        },
      },
    });
    const connection = world.connection();
    await connection.connect(calm);
    const answers = Array.from({ length: 50 }, async () => connection.request('doctor', {}, calm));
    await until(() => waiting === 50, 'all requests are under way');
    gate.resolve(undefined);
    setImmediate(() => void world.stopServer());
    assert.equal((await Promise.all(answers)).length, 50);
  });

  it('lets a listener use it as soon as it is connected', async () => {
    const connection = world.connection();
    const counts: Promise<number>[] = [];
    connection.onState((state: ConnectionState) => {
      if (state.kind !== 'connected') return;
      counts.push(connection.request('tasks/list', {}, calm).then(({ tasks }) => tasks.length));
    });
    await connection.connect(calm);
    assert.deepEqual(await Promise.all(counts), [0]);
  });
});

describe('the address of a runner', () => {
  it('leads to its doors, behind a path and with encryption too', () => {
    const urlOf = (url: string, scheme: 'ws' | 'http'): string =>
      doorUrl({ url, token: null }, '/rpc', scheme).href;
    assert.equal(urlOf('ws://127.0.0.1:4711', 'ws'), 'ws://127.0.0.1:4711/rpc');
    assert.equal(urlOf('https://runner.example/nightjar/', 'ws'), 'wss://runner.example/nightjar/rpc');
    assert.equal(urlOf('wss://runner.example', 'http'), 'https://runner.example/rpc');
    assert.equal(urlOf('ws://[::1]:4711', 'http'), 'http://[::1]:4711/rpc');
  });
});

function isError(code: KnownError['code']): (error: unknown) => boolean {
  return (error) => error instanceof KnownError && error.code === code;
}
