// Tokens by name: what is kept of them, what they allow, and that a revoked one ends at once all that it had opened.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import type { ErrorCode } from '../../../shared/errors/catalogue.ts';
import { KnownError } from '../../../shared/errors/errors.ts';
import { requests, type RequestName } from '../../../shared/protocol/requests.ts';
import { includesScope, scopeSchema } from '../../../shared/protocol/scopes.ts';
import { Tokens } from '../../../runner/server/tokens.ts';
import { calm, ServerWorld, token, until } from './serverWorld.ts';

const known =
  (code: ErrorCode) =>
  (error: unknown): boolean =>
    error instanceof KnownError && error.code === code;

describe('the tokens of a runner', () => {
  let folder: string;
  let file: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nightjar-tokens-'));
    file = join(folder, 'tokens.json');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('are kept as digests, for the owner of the folder only, and are as good after a restart', async () => {
    const tokens = await Tokens.open(file, 'own');
    const made = await Promise.all(
      (['view', 'work', 'admin'] as const).map(async (scope) =>
        tokens.create(`a-${scope}`, scope, new Date()),
      ),
    );
    const text = await readFile(file, 'utf8');
    for (const one of made) {
      assert.match(one, /^[\w-]{43}$/, '256 bits');
      assert.ok(!text.includes(one), 'a token is in the file');
    }
    assert.deepEqual(await readdir(folder), ['tokens.json'], 'nothing is left of the writing');
    if (process.platform !== 'win32') assert.equal((await stat(file)).mode & 0o777, 0o600);
    const again = await Tokens.open(file, 'own');
    assert.deepEqual(
      [...made, 'own', 'other', ''].map((one) => again.holderOf(one)),
      [
        { name: 'a-view', scope: 'view' },
        { name: 'a-work', scope: 'work' },
        { name: 'a-admin', scope: 'admin' },
        { name: null, scope: 'admin' },
        null,
        null,
      ],
    );
  });

  it('have a name each; a revoked name may be given anew, and the old token stays revoked', async () => {
    const tokens = await Tokens.open(file, 'own');
    const first = await tokens.create('alice', 'work', new Date());
    await assert.rejects(tokens.create('alice', 'view', new Date()), known('tokenExists'));
    await assert.rejects(tokens.revoke('bob', new Date()), known('tokenUnknown'));
    await tokens.revoke('alice', new Date());
    await assert.rejects(tokens.revoke('alice', new Date()), known('tokenUnknown'));
    const second = await tokens.create('alice', 'view', new Date());
    const again = await Tokens.open(file, 'own');
    assert.equal(again.holderOf(first), 'revoked');
    assert.deepEqual(again.holderOf(second), { name: 'alice', scope: 'view' });
    assert.deepEqual(
      again.list().map(({ name, scope }) => `${name} ${scope}`),
      ['alice view'],
    );
  });

  it('are refused as a whole where the file is damaged', async () => {
    await writeFile(file, '{"tokens":[{"name":"x"}]}');
    await assert.rejects(Tokens.open(file, 'own'), known('configurationInvalid'));
    await writeFile(file, '{"tok');
    await assert.rejects(Tokens.open(file, 'own'), known('configurationInvalid'));
  });
});

describe('the scope of a token', () => {
  it('decides over every request', async () => {
    await using world = await ServerWorld.start();
    for (const has of scopeSchema.options) {
      const connection = await world.connectionOf(`a-${has}`, has);
      const names = (Object.keys(requests) as RequestName[]).filter((name) => name !== 'initialize');
      for (const name of names) {
        // No request takes this: so what is allowed says so of the parameters, and nothing happens.
        const answer = connection.request(name, { nonsense: true } as never, calm);
        const isAllowed = includesScope(has, requests[name].scope);
        await assert.rejects(
          answer,
          known(isAllowed ? 'requestInvalid' : 'scopeTooSmall'),
          `${has}: ${name}`,
        );
      }
    }
    assert.deepEqual(world.bugs, []);
  });

  it('keeps those who look from all that changes something', () => {
    const names = Object.keys(requests) as RequestName[];
    const changing = names.filter((name) => /^tasks\/(?!list|get|diff)|^bundles\/(?!download)/.test(name));
    assert.ok(changing.length > 8);
    for (const name of changing) assert.equal(requests[name].scope, 'work', name);
    for (const name of names.filter((one) => /^(?:tokens|runner)\//.test(one)))
      assert.equal(requests[name].scope, 'admin', name);
  });
});

describe('revoking a token', () => {
  it('ends all connections of its holder at once, and nobody else’s', async () => {
    await using world = await ServerWorld.start();
    world.createTask('one');
    const [alice, bob] = [await world.connectionOf('alice', 'work'), await world.connectionOf('bob', 'work')];
    const owner = world.connection();
    await owner.connect(calm);
    const announced = { repositoryId: '0'.repeat(32), snapshot: 'a'.repeat(40), ref: 'refs/x', sizeBytes: 9 };
    const upload = { ...announced, sha256: '0'.repeat(64), shallow: [] };
    const { transferId } = await alice.request('bundles/upload', upload, calm);
    const { address } = alice;
    const bundle = new WebSocket(`${world.url}/bundles/${transferId}`, {
      headers: { authorization: `Bearer ${address?.token ?? ''}` },
    });
    bundle.on('error', () => undefined);
    await once(bundle, 'open');
    await owner.request('tokens/revoke', { name: 'alice' }, calm);
    await until(
      () => alice.state.kind === 'closed' && bundle.readyState === WebSocket.CLOSED,
      'all is closed',
    );
    await assert.rejects(alice.connect(calm), known('tokenRevoked'));
    assert.equal(bob.state.kind, 'connected');
    assert.equal(owner.state.kind, 'connected');
    await until(async () => (await world.uploadedFiles()).length === 0, 'what was shipped is gone');
  });

  it('tells a client that stays connected by itself why it can’t', async () => {
    await using world = await ServerWorld.start();
    const own = await world.tokens.create('alice', 'view', new Date());
    const resolveAddress = async () => ({ url: world.url, token: own });
    const connection = world.connection({ isPersistent: true, resolveAddress });
    await connection.connect(calm);
    await world.tokens.revoke('alice', new Date());
    await until(() => connection.state.kind === 'closed', 'it gives up');
    assert.ok(connection.state.kind === 'closed' && known('tokenRevoked')(connection.state.error));
  });

  it('leaves a transfer of another to whoever announced it', async () => {
    await using world = await ServerWorld.start();
    world.createTask('one');
    const owner = world.connection();
    await owner.connect(calm);
    const { transferId } = await owner.request('bundles/download', { taskId: 'one', have: [] }, calm);
    const bob = await world.tokens.create('bob', 'admin', new Date());
    const visit = async (own: string): Promise<number> => {
      const socket = new WebSocket(`${world.url}/bundles/${transferId}`, {
        headers: { authorization: `Bearer ${own}` },
      });
      socket.on('error', () => undefined);
      const [{ statusCode = 101 }] = (await Promise.race([
        once(socket, 'open').then(() => [{}]),
        once(socket, 'unexpected-response').then(([, response]: unknown[]) => [response]),
      ])) as [{ statusCode?: number }];
      socket.terminate();
      return statusCode;
    };
    assert.equal(await visit(bob), 404);
    assert.equal(await visit(token), 101, 'the same transfer');
  });
});
