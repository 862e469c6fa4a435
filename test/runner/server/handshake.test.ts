// Who gets in and who doesn't: every kind of wrong visitor, and each time the right one beside it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { WebSocket } from 'ws';
import { KnownError } from '../../../shared/errors/errors.ts';
import { calm, ServerWorld, token, until } from './serverWorld.ts';

interface Answer {
  /** 101 where the upgrade went through. */
  readonly status: number;
  readonly body: string;
}

const bearer = { authorization: `Bearer ${token}` };

describe('handshake', () => {
  let world: ServerWorld;
  let nowMs = 0;

  beforeEach(async () => {
    nowMs = 1_000_000;
    world = await ServerWorld.start({ now: () => nowMs, times: { handshakeMs: 300, farewellMs: 50 } });
  });
  afterEach(async () => world[Symbol.asyncDispose]());

  const visit = async (headers: Record<string, string>, path = '/rpc'): Promise<Answer> =>
    upgrade(world.server.address.port, path, headers);

  it('lets in the right token only', async () => {
    assert.deepEqual(await visit(bearer), { status: 101, body: '' });
    assert.deepEqual(await visit({}), { status: 401, body: '{"code":"tokenMissing"}' });
    assert.deepEqual(await visit({ authorization: `Basic ${token}` }), {
      status: 401,
      body: '{"code":"tokenMissing"}',
    });
    assert.deepEqual(await visit({ authorization: 'Bearer other' }), {
      status: 401,
      body: '{"code":"tokenWrong"}',
    });
    assert.equal((await visit({ authorization: `Bearer ${token}x` })).status, 401);
  });

  it('refuses names that are not its own, whatever the token', async () => {
    assert.equal((await visit({ ...bearer, host: 'evil.example' })).status, 421);
    assert.equal((await visit({ ...bearer, host: '127.0.0.1.evil.example' })).status, 421);
    for (const host of ['localhost:9', '127.0.0.1', '[::1]:80', 'LOCALHOST']) {
      assert.equal((await visit({ ...bearer, host })).status, 101, host);
    }
  });

  it('lets in further names only where they were given', async () => {
    await using other = await ServerWorld.start({ hostNames: ['runner.example', 'fd00::1'] });
    for (const host of ['runner.example:443', '[fd00::1]:4711']) {
      assert.equal((await upgrade(other.server.address.port, '/rpc', { ...bearer, host })).status, 101, host);
    }
  });

  it('refuses web pages, whatever the token', async () => {
    for (const origin of ['https://evil.example', 'http://127.0.0.1', 'null', 'vscode-webview://x']) {
      assert.equal((await visit({ ...bearer, origin })).status, 403, origin);
    }
  });

  it('knows its doors only', async () => {
    for (const path of ['/', '/rpc/', '/rpc?x', '/bundles/12345678', '/bundles/../rpc', '//rpc']) {
      assert.equal((await visit(bearer, path)).status, 404, path);
    }
  });

  it('tells an address so after two wrong tokens in a minute, and twelve in an hour', async () => {
    const wrong = { authorization: 'Bearer guess' };
    for (const failure of [1, 2]) assert.equal((await visit(wrong)).status, 401, `failure ${failure}`);
    assert.deepEqual(await visit(wrong), { status: 429, body: '{"code":"tooManyAttempts"}' });
    nowMs += 61_000;
    assert.equal((await visit(bearer)).status, 101);
    for (let failure = 3; failure <= 12; failure += 1) {
      nowMs += 61_000;
      assert.equal((await visit(wrong)).status, 401, `failure ${failure}`);
    }
    nowMs += 61_000;
    assert.equal((await visit(wrong)).status, 429);
    nowMs += 3_600_000;
    assert.equal((await visit(bearer)).status, 101);
  });

  it('lets a right token in whatever others of its address have tried', async () => {
    const own = await world.tokens.create('editor', 'work', new Date());
    const wrong = { authorization: 'Bearer guess' };
    for (let guess = 0; guess < 20; guess += 1) await visit(wrong);
    assert.equal((await visit(wrong)).status, 429, 'the address is over its limit');
    for (const right of [token, own])
      assert.equal((await visit({ authorization: `Bearer ${right}` })).status, 101);
  });

  it('tells the holder of a revoked token what became of it, and counts no guess', async () => {
    const revoked = await world.tokens.create('guest', 'view', new Date());
    await world.tokens.revoke('guest', new Date());
    for (let visitor = 0; visitor < 5; visitor += 1)
      assert.deepEqual(await visit({ authorization: `Bearer ${revoked}` }), {
        status: 401,
        body: '{"code":"tokenRevoked"}',
      });
    assert.equal((await visit({ authorization: 'Bearer guess' })).status, 401);
  });

  it('does not count visitors without any token', async () => {
    for (let visitor = 0; visitor < 5; visitor += 1) assert.equal((await visit({})).status, 401);
    assert.equal((await visit(bearer)).status, 101);
  });

  it('never compresses, even where the client offers it', async () => {
    const socket = new WebSocket(`${world.url}/rpc`, { headers: bearer, perMessageDeflate: true });
    await once(socket, 'open');
    assert.equal(socket.extensions, '');
    socket.terminate();
  });

  it('tells without a token that it is there, and nothing else', async () => {
    const answer = await fetch(`http://127.0.0.1:${world.server.address.port}/healthz`);
    assert.equal(answer.status, 200);
    assert.deepEqual(await answer.json(), { name: 'nightjar', pid: process.pid });
    const other = await fetch(`http://127.0.0.1:${world.server.address.port}/rpc`);
    assert.equal(other.status, 404);
    const foreign = await visitHealth(world.server.address.port, 'evil.example');
    assert.equal(foreign.statusCode, 421);
    foreign.resume();
  });

  it('wants initialize first and soon', async () => {
    const socket = new WebSocket(`${world.url}/rpc`, { headers: bearer });
    await once(socket, 'open');
    socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tasks/list', params: {} }));
    const [data] = (await once(socket, 'message')) as [Buffer];
    assert.match(data.toString(), /"code":"requestInvalid".*initialize/);
    const [code] = (await once(socket, 'close')) as [number];
    assert.equal(code, 1008);
  });

  it('keeps a connection that did initialize', async () => {
    const connection = world.connection();
    await connection.connect(calm);
    await new Promise((resolve) => setTimeout(resolve, 400));
    assert.equal(connection.state.kind, 'connected');
  });

  it('refuses a client of another protocol', async () => {
    const socket = new WebSocket(`${world.url}/rpc`, { headers: bearer });
    await once(socket, 'open');
    const params = { protocolVersion: 999, clientName: 'x', clientVersion: '1', more: true };
    socket.send(JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params }));
    const [data] = (await once(socket, 'message')) as [Buffer];
    assert.match(data.toString(), /"code":"protocolMismatch"/);
    socket.terminate();
  });

  it('cuts visitors that dawdle over their headers', async () => {
    for (const start of ['', 'GET /rpc HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ']) {
      const socket = connect(world.server.address.port, '127.0.0.1');
      socket.on('error', () => undefined).resume();
      await once(socket, 'connect');
      if (start !== '') socket.write(start);
      const startedAt = performance.now();
      await once(socket, 'close');
      assert.ok(performance.now() - startedAt < 3_000, 'it took too long');
    }
  });

  it('leaves no socket open when it ends', async () => {
    const socket = new WebSocket(`${world.url}/rpc`, { headers: bearer });
    await once(socket, 'open');
    assert.equal(world.server.connectionCount, 1);
    const idle = connect(world.server.address.port, '127.0.0.1');
    idle.on('error', () => undefined).resume();
    await once(idle, 'connect');
    const ends = Promise.all([once(socket, 'close'), once(idle, 'close')]);
    await world.stopServer();
    await ends;
    await until(() => world.server.connectionCount === 0, 'the count of connections is 0');
  });

  it('says plainly that its port is taken', async () => {
    const { port } = world.server.address;
    await assert.rejects(
      ServerWorld.start({ port }),
      (error) =>
        error instanceof KnownError &&
        error.code === 'configurationInvalid' &&
        /EADDRINUSE/.test(error.message),
    );
  });
});

async function upgrade(port: number, path: string, headers: Record<string, string>): Promise<Answer> {
  const asked = request({
    port,
    host: '127.0.0.1',
    path,
    agent: false,
    headers: {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': Buffer.alloc(16).toString('base64'),
      ...headers,
    },
  });
  return new Promise((resolve, reject) => {
    asked.once('error', reject);
    asked.once('upgrade', (response, socket) => {
      socket.destroy();
      resolve({ status: response.statusCode ?? 0, body: '' });
    });
    asked.once('response', (response) => {
      text(response).then((body) => resolve({ status: response.statusCode ?? 0, body }), reject);
    });
    asked.end();
  });
}

async function visitHealth(port: number, host: string): Promise<IncomingMessage> {
  const asked = request({ port, host: '127.0.0.1', path: '/healthz', agent: false, headers: { host } }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  return response;
}
