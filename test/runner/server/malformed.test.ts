// Ten thousand requests that don't fit, drawn from the schemas: each gets a clear error, and they cost the runner nothing.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { WebSocket } from 'ws';
import type { ErrorReport } from '../../../shared/errors/errors.ts';
import {
  maxRequestBytes,
  protocolVersion,
  requests,
  type RequestName,
} from '../../../shared/protocol/requests.ts';
import { arbitraryOf, spoiled } from '../../support/arbitraryOf.ts';
import { calm, ServerWorld, token } from './serverWorld.ts';

const messageCount = 10_000;
const batchSize = 500;

interface Message {
  readonly method: string;
  readonly params: unknown;
}

interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: ErrorReport };
}

/** Made once: what a schema's patterns cost here is many times what a value does. */
const paramsOf = Object.fromEntries(
  Object.entries(requests).map(([method, { params }]) => [method, arbitraryOf(params)]),
) as Record<RequestName, fc.Arbitrary<unknown>>;

/** A request that is in order but for one thing, or that nobody knows. */
const malformed: fc.Arbitrary<Message> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .constantFrom(...(Object.keys(requests) as RequestName[]))
      .chain((method) => paramsOf[method].chain(spoiled).map((params) => ({ method, params })))
      .filter(isMalformed),
  },
  {
    weight: 1,
    arbitrary: fc
      .record({ method: fc.string({ minLength: 1, maxLength: 80 }), params: fc.object() })
      .filter(({ method }) => !method.startsWith('$/') && !Object.hasOwn(requests, method)),
  },
);

/** As it will arrive: JSON has no `undefined`. */
function isMalformed({ method, params }: Message): boolean {
  const text = JSON.stringify({ params });
  if (text.length > maxRequestBytes / 2) return false;
  const { params: arriving } = JSON.parse(text) as { readonly params?: unknown };
  // What is no object is not even JSON-RPC, and has another answer than a number of ours.
  const isStructured = typeof arriving === 'object' && arriving !== null;
  return isStructured && !requests[method as RequestName].params.safeParse(arriving).success;
}

describe('malformed requests', () => {
  it(`${messageCount} of them get a clear error each, cost no memory and harm nobody`, async function () {
    this.timeout(120_000);
    const seed = Number(process.env['NIGHTJAR_SEED'] ?? Date.now() % 2 ** 31);
    const messages = fc.sample(malformed, { numRuns: messageCount, seed });
    await using world = await ServerWorld.start({ times: { handshakeMs: 60_000 } });
    const witness = world.connection();
    await witness.connect(calm);
    const socket = await openRaw(world);
    // What the first ones warm up is no leak.
    await sendBatch(socket, messages.slice(0, batchSize), 0, seed);
    const before = liveMiB();
    for (let at = batchSize; at < messages.length; at += batchSize)
      await sendBatch(socket, messages.slice(at, at + batchSize), at, seed);
    const grownMiB = liveMiB() - before;
    assert.ok(grownMiB < 10, `it takes ${grownMiB.toFixed(1)} MiB more; seed ${seed}`);
    assert.deepEqual(world.bugs, [], `seed ${seed}`);
    assert.equal((await witness.request('tasks/list', {}, calm)).tasks.length, 0);
    socket.terminate();
  });

  it('the same meter finds requests that fit', async () => {
    const fitting = fc.sample(fc.constant({ method: 'tasks/list', params: {} }), 3);
    await using world = await ServerWorld.start();
    const socket = await openRaw(world);
    await assert.rejects(sendBatch(socket, fitting, 0, 1), /tasks\/list/);
    socket.terminate();
  });
});

/** Sends them at once and looks at every answer. `from` is the id of the first. */
async function sendBatch(
  socket: WebSocket,
  messages: readonly Message[],
  from: number,
  seed: number,
): Promise<void> {
  const waiting = new Map(messages.map((message, index) => [from + index, message]));
  const { promise, resolve, reject } = Promise.withResolvers<undefined>();
  const take = (data: Buffer): void => {
    const answer = JSON.parse(data.toString()) as Answer;
    const message = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (message === undefined || !isClear(answer, message))
      reject(new Error(`Seed ${seed}: ${JSON.stringify(message)} got ${data.toString()}`));
    if (waiting.size === 0) resolve(undefined);
  };
  const onClose = (code: number): void =>
    reject(new Error(`Seed ${seed}: the socket was closed with ${code}`));
  socket.on('message', take);
  socket.once('close', onClose);
  for (const [id, message] of waiting) socket.send(JSON.stringify({ jsonrpc: '2.0', id, ...message }));
  try {
    await promise;
  } finally {
    socket.off('message', take).off('close', onClose);
  }
}

/** The code of the catalogue, a sentence that names the request, and what to do. */
function isClear({ error }: Answer, { method }: Message): boolean {
  const isKnown = Object.hasOwn(requests, method);
  return (
    error?.data !== undefined &&
    error.code === (isKnown ? -32602 : -32601) &&
    error.data.code === (isKnown ? 'requestInvalid' : 'methodUnknown') &&
    error.data.message.includes(method.trimEnd()) &&
    error.data.message.length < 2_000 &&
    error.data.remedy !== ''
  );
}

async function openRaw(world: ServerWorld): Promise<WebSocket> {
  const socket = new WebSocket(`${world.url}/rpc`, { headers: { authorization: `Bearer ${token}` } });
  await once(socket, 'open');
  const params = { protocolVersion, clientName: 'fuzz', clientVersion: '1' };
  socket.send(JSON.stringify({ jsonrpc: '2.0', id: -1, method: 'initialize', params }));
  await once(socket, 'message');
  return socket;
}

/** What is still in use after all garbage is gone. */
function liveMiB(): number {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / 2 ** 20;
}
