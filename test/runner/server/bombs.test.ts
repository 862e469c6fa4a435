// Small messages that would be large, and slow ones that would never end: each ends its own connection and nothing else.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { deflateRawSync } from 'node:zlib';
import { WebSocketServer } from 'ws';
import { calm, ServerWorld, token } from './serverWorld.ts';

const bombBytes = 64 * 1024 * 1024;
/** The first byte of a frame: its last one or not, compressed or not, and what it holds. */
const [final, compressed, text, continuation] = [0x80, 0x40, 0x01, 0x00];

describe('bombs', () => {
  it('that inflate are refused before they do', async () => {
    const bomb = frame(final | compressed | text, deflateRawSync(Buffer.alloc(bombBytes, 32)));
    assert.ok(bomb.length < 100_000, 'it is small on the wire');
    await using world = await ServerWorld.start();
    const witness = world.connection();
    await witness.connect(calm);
    const before = process.memoryUsage().rss;
    for (let count = 0; count < 10; count += 1) {
      const socket = await upgraded(world.server.address.port);
      socket.write(bomb);
      assert.equal(await closeCode(socket), 1002);
    }
    assert.ok(process.memoryUsage().rss - before < bombBytes, 'it was inflated');
    await witness.request('tasks/list', {}, calm);
    assert.deepEqual(world.bugs, []);
    assert.equal(await bytesTakenByOthers(bomb), bombBytes, 'a server as it comes takes it in');
  });

  it('that announce a huge frame are refused by its header', async () => {
    await using world = await ServerWorld.start();
    for (const size of [2 ** 20 + 1, 2 ** 31, 2 ** 48]) {
      const socket = await upgraded(world.server.address.port);
      socket.write(headerOf(final | text, size));
      assert.equal(await closeCode(socket), 1009, `${size} bytes`);
    }
    const socket = await upgraded(world.server.address.port);
    socket.write(frame(final | text, Buffer.from('{')));
    assert.match((await nextText(socket)).toString(), /-32700/, 'a small frame is read');
    socket.destroy();
  });

  it('in many small pieces of one message are refused at its limit', async () => {
    await using world = await ServerWorld.start();
    const socket = await upgraded(world.server.address.port);
    const code = closeCode(socket);
    const piece = Buffer.alloc(64 * 1024, 32);
    socket.write(frame(text, piece));
    for (let count = 0; count < 100 && !socket.destroyed; count += 1)
      socket.write(frame(continuation, piece));
    assert.equal(await code, 1009);
  });

  it('that trickle in byte by byte are cut off, while whoever gives signs of life stays', async function () {
    this.timeout(60_000);
    await using world = await ServerWorld.start({ times: { pingIntervalMs: 150, handshakeMs: 60_000 } });
    const alive = world.connection();
    await alive.connect(calm);
    const socket = await upgraded(world.server.address.port);
    const closed = closing(socket);
    const message = frame(final | text, Buffer.alloc(1_000, 32));
    const startedAt = performance.now();
    for (const byte of message) {
      if (socket.destroyed) break;
      socket.write(Buffer.of(byte));
      await delay(20);
    }
    await closed;
    assert.ok(performance.now() - startedAt < 5_000, 'it would have taken 20 s');
    assert.equal(alive.state.kind, 'connected');
  });

  it('of many sockets that say nothing are cut off after the time for the handshake', async () => {
    await using world = await ServerWorld.start({ times: { handshakeMs: 300 } });
    const silent = await Promise.all(
      Array.from({ length: 100 }, async () => {
        const socket = connect(world.server.address.port, '127.0.0.1');
        socket.on('error', () => undefined).resume();
        await once(socket, 'connect');
        return socket;
      }),
    );
    const connection = world.connection();
    await connection.connect(calm);
    await Promise.all(silent.map(async (socket) => socket.destroyed || closing(socket)));
  });
});

/** Unlike `once`, it takes an end by a reset as an end, too: which of the two it is depends on what was on its way. */
async function closing(socket: Socket): Promise<void> {
  await new Promise((resolve) => socket.once('close', resolve));
}

/** A socket right behind its upgrade, for frames made by hand. */
async function upgraded(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  const head = [
    'GET /rpc HTTP/1.1',
    `Host: 127.0.0.1:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}`,
    'Sec-WebSocket-Extensions: permessage-deflate',
    `Authorization: Bearer ${token}`,
  ];
  socket.write(`${head.join('\r\n')}\r\n\r\n`);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  assert.match(answer.toString(), /^HTTP\/1.1 101/);
  return socket;
}

/** Masked with zeros, which changes nothing. Source: RFC 6455, section 5.2. */
function frame(firstByte: number, content: Buffer): Buffer {
  return Buffer.concat([headerOf(firstByte, content.length), content]);
}

function headerOf(firstByte: number, size: number): Buffer {
  const header = Buffer.alloc(14);
  header[0] = firstByte;
  header[1] = 0x80 | 127;
  header.writeBigUInt64BE(BigInt(size), 2);
  return header;
}

/** The code in the server's closing frame. */
async function closeCode(socket: Socket): Promise<number> {
  for await (const [data] of on(socket)) {
    const at = data.indexOf(0x88);
    if (at >= 0) {
      socket.destroy();
      return data.readUInt16BE(at + 2);
    }
  }
  throw new Error('The socket was closed without a word.');
}

async function nextText(socket: Socket): Promise<Buffer> {
  const [data] = (await once(socket, 'data')) as [Buffer];
  return data;
}

async function* on(socket: Socket): AsyncGenerator<[Buffer]> {
  for await (const data of socket as AsyncIterable<Buffer>) yield [data];
}

/** The bomb at a server of the same library without our guards. */
async function bytesTakenByOthers(bomb: Buffer): Promise<number> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', perMessageDeflate: true, path: '/rpc' });
  await once(server, 'listening');
  const taken = Promise.withResolvers<number>();
  server.on('connection', (socket) => {
    socket.on('error', taken.reject);
    socket.on('message', (data: Buffer) => taken.resolve(data.length));
  });
  try {
    const socket = await upgraded((server.address() as AddressInfo).port);
    socket.resume().write(bomb);
    return await taken.promise;
  } finally {
    for (const socket of server.clients) socket.terminate();
    server.close();
  }
}
