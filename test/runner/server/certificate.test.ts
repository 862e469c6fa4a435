// TLS: the certificate that a runner makes, who takes it for the runner's, and what a stranger in between gets to see.
import assert from 'node:assert/strict';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { createServer, get } from 'node:https';
import { connect, createServer as createRelay, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseAddress } from '../../../shared/client/runnerAddress.ts';
import { lookAtCertificate } from '../../../shared/client/runnerCertificate.ts';
import { openSocket } from '../../../shared/client/runnerSocket.ts';
import type { ErrorCode } from '../../../shared/errors/catalogue.ts';
import { KnownError } from '../../../shared/errors/errors.ts';
import { isLoopback } from '../../../runner/server/binding.ts';
import { readCertificate, type Certificate } from '../../../runner/server/certificate.ts';
import { makeCertificate } from '../../../runner/server/selfMadeCertificate.ts';
import { calm, ServerWorld, token } from './serverWorld.ts';

const known =
  (code: ErrorCode, words = /./) =>
  (error: unknown): boolean =>
    error instanceof KnownError && error.code === code && words.test(error.message);

describe('the certificate of a runner', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightjar-tls-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  it('is one that programs can read, signed by itself, with its names', () => {
    const names = ['localhost', `${'x'.repeat(60)}.${'y'.repeat(60)}.${'z'.repeat(60)}.example`];
    const { cert, key } = makeCertificate(names, new Date('2026-01-02T03:04:05Z'));
    const certificate = new X509Certificate(cert);
    assert.ok(certificate.verify(certificate.publicKey), 'the signature fits');
    assert.ok(certificate.checkPrivateKey(createPrivateKey(key)));
    assert.deepEqual(
      names.map((name) => certificate.checkHost(name)),
      names,
    );
    assert.equal(certificate.checkHost('evil.example'), undefined);
    assert.equal(certificate.validFromDate.toISOString(), '2026-01-01T03:04:05.000Z');
    assert.match(certificate.validTo, /9999/);
    const serials = [cert, makeCertificate(names, new Date()).cert].map(
      (pem) => new X509Certificate(pem).serialNumber,
    );
    assert.notEqual(serials[0], serials[1]);
  });

  it('is made once and kept for its owner only', async () => {
    const made = await readCertificate('selfMade', join(folder, 'tls'));
    assert.deepEqual(await readCertificate('selfMade', join(folder, 'tls')), made);
    if (process.platform === 'win32') return;
    assert.equal((await stat(join(folder, 'tls', 'key.pem'))).mode & 0o777, 0o600);
    assert.equal((await stat(join(folder, 'tls'))).mode & 0o777, 0o700);
  });

  it('may be the owner’s, if the files can be read and belong together', async () => {
    const [one, other] = [makeCertificate(['a'], new Date()), makeCertificate(['b'], new Date())];
    const [cert, key, otherKey] = ['cert', 'key', 'otherKey'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    await writeFile(cert, one.cert);
    await writeFile(key, one.key);
    await writeFile(otherKey, other.key);
    const { fingerprint256 } = new X509Certificate(one.cert);
    assert.deepEqual(await readCertificate({ cert, key }, folder), { ...one, fingerprint: fingerprint256 });
    await assert.rejects(
      readCertificate({ cert, key: otherKey }, folder),
      known('configurationInvalid', /another one’s/),
    );
    await assert.rejects(
      readCertificate({ cert: join(folder, 'no'), key }, folder),
      known('configurationInvalid', /ENOENT/),
    );
    await chmod(cert, 0o600);
    await writeFile(cert, 'nonsense');
    await assert.rejects(readCertificate({ cert, key }, folder), known('configurationInvalid'));
  });
});

describe('a server beyond the loopback', () => {
  it('starts with TLS only', async () => {
    await assert.rejects(ServerWorld.start({ host: '0.0.0.0' }), known('tlsNeeded', /0\.0\.0\.0/));
    await assert.rejects(ServerWorld.start({ host: '::' }), known('tlsNeeded'));
    await assert.rejects(ServerWorld.start({ host: 'runner.example' }), known('tlsNeeded'));
    const tls = makeCertificate(['localhost'], new Date());
    for (const open of [{ host: '127.0.0.1' }, { host: 'localhost' }, { host: '0.0.0.0', tls }])
      await (await ServerWorld.start(open))[Symbol.asyncDispose]();
  });
});

describe('the loopback', () => {
  it('is known by its addresses and its name', () => {
    for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost', 'LOCALHOST'])
      assert.ok(isLoopback(host), host);
    for (const host of ['0.0.0.0', '::', '10.0.0.1', '128.0.0.1', 'fe80::1', 'localhost.evil.example', ''])
      assert.ok(!isLoopback(host), host);
  });
});

describe('a client of a runner with TLS', () => {
  let folder: string;
  let certificate: Certificate;
  let world: ServerWorld;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightjar-tls-'));
    certificate = (await readCertificate('selfMade', folder))!;
    world = await ServerWorld.start({ host: '0.0.0.0', tls: certificate, times: { handshakeMs: 500 } });
  });
  after(async () => {
    await world[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const visit = async (text: string): Promise<void> => {
    const socket = await openSocket({ ...parseAddress(text), token }, '/rpc', calm);
    socket.terminate();
  };
  const url = (): string => world.url.replace('ws:', 'wss:');

  it('connects with the right fingerprint, in any spelling, by any name', async () => {
    const { fingerprint } = certificate;
    await visit(`${url()}#fingerprint=${fingerprint}`);
    await visit(`${url()}/#fingerprint=${fingerprint.replaceAll(':', '').toLowerCase()}`);
    await visit(`${url().replace('127.0.0.1', 'localhost')}#${fingerprint}`);
  });

  it('is told the fingerprint of a certificate that nobody vouches for', async () => {
    await assert.rejects(visit(url()), known('certificateUnknown', new RegExp(certificate.fingerprint)));
    const shown = await lookAtCertificate({ url: url() }, calm);
    assert.deepEqual([shown.fingerprint, shown.isTrusted], [certificate.fingerprint, false]);
  });

  it('refuses an address whose fingerprint is none, or would not be looked at', async () => {
    await assert.rejects(visit(`${url()}#fingerprint=AB:CD`), known('runnerUnreachable', /64 hexadecimal/));
    const plain = `${world.url}#fingerprint=${certificate.fingerprint}`;
    await assert.rejects(visit(plain), known('runnerUnreachable', /wss/));
  });

  it('may call it by any of its addresses, and by no name of others', async () => {
    const statusAs = async (host: string): Promise<number | undefined> => {
      const { port } = world.server.address;
      const options = { port, path: '/healthz', headers: { host }, rejectUnauthorized: false, agent: false };
      const [response] = (await once(get(options), 'response')) as [IncomingMessage];
      response.resume();
      return response.statusCode;
    };
    for (const host of ['10.1.2.3:4711', '[fd00::1]', 'localhost'])
      assert.equal(await statusAs(host), 200, host);
    for (const host of ['evil.example', '10.1.2.3.evil.example', '1', '[fd00::1'])
      assert.equal(await statusAs(host), 421, host);
  });

  it('finds no runner behind a plain address', async () => {
    await assert.rejects(visit(world.url), known('runnerUnreachable'));
  });

  it('sends its token to the right certificate only', async () => {
    const { fingerprint } = certificate;
    await using stranger = await Stranger.start();
    await assert.rejects(
      visit(`${stranger.url}#fingerprint=${fingerprint}`),
      known('certificateChanged', /not /),
    );
    await assert.rejects(visit(stranger.url), known('certificateUnknown'));
    assert.deepEqual(stranger.tokens, [], 'the stranger heard it');
    assert.ok(stranger.visits > 0, 'the stranger was asked at all');
    // The same stranger, trusted.
    await assert.rejects(
      visit(`${stranger.url}#fingerprint=${stranger.fingerprint}`),
      known('runnerUnreachable'),
    );
    assert.deepEqual(stranger.tokens, [`Bearer ${token}`], 'the meter works');
  });

  it('is not fooled by a stranger who shows the right certificate first', async () => {
    await using stranger = await Stranger.start();
    const relay = await relayThenStranger(world.server.address.port, stranger.port);
    const { port } = relay.address() as AddressInfo;
    try {
      const address = `wss://127.0.0.1:${port}#fingerprint=${certificate.fingerprint}`;
      await assert.rejects(visit(address), (error) => error instanceof KnownError);
      assert.deepEqual(stranger.tokens, []);
    } finally {
      relay.close();
    }
  });

  it('that dawdles over the handshake of TLS is cut off', async () => {
    const socket = connect(world.server.address.port, '127.0.0.1');
    socket.on('error', () => undefined).resume();
    await once(socket, 'connect');
    const startedAt = performance.now();
    await once(socket, 'close');
    assert.ok(performance.now() - startedAt < 3_000, 'it took too long');
  });
});

/** Somebody else with a certificate of their own, who writes down what visitors say. */
class Stranger implements AsyncDisposable {
  readonly tokens: (string | undefined)[] = [];
  visits = 0;
  readonly fingerprint: string;
  readonly #server;

  private constructor() {
    const pair = makeCertificate(['localhost'], new Date());
    this.fingerprint = new X509Certificate(pair.cert).fingerprint256;
    this.#server = createServer(pair, (request, response) => {
      this.#note(request.headers.authorization);
      response.end('{}');
    });
    this.#server.on('upgrade', (request, socket) => {
      this.#note(request.headers.authorization);
      socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n');
    });
    this.#server.on('tlsClientError', () => undefined);
  }

  static async start(): Promise<Stranger> {
    const stranger = new Stranger();
    stranger.#server.listen(0, '127.0.0.1');
    await once(stranger.#server, 'listening');
    return stranger;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `wss://127.0.0.1:${this.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #note(authorization: string | undefined): void {
    this.visits += 1;
    if (authorization !== undefined) this.tokens.push(authorization);
  }
}

/** Leads the first visitor to one port and all others to another. */
async function relayThenStranger(first: number, others: number) {
  let visitors = 0;
  const relay = createRelay((socket) => {
    visitors += 1;
    const onward = connect(visitors === 1 ? first : others, '127.0.0.1');
    for (const end of [socket, onward]) end.on('error', () => undefined);
    socket.pipe(onward).pipe(socket);
  });
  relay.listen(0, '127.0.0.1');
  await once(relay, 'listening');
  return relay;
}
