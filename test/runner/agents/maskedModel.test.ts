// What reaches a model, and what comes of it, holds no secret: over a real HTTP server that plays the model.
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { maskedModel } from '../../../runner/agents/maskedModel.ts';
import { createOpenAiClient } from '../../../runner/agents/openai/openAiClient.ts';
import type { ModelClient } from '../../../runner/tasks/ports.ts';
import { Masker } from '../../../shared/secrets/masker.ts';
import { joined, madeUp } from '../../shared/secrets/plantedSecrets.ts';

const secret = madeUp('url', 40);
const token = joined(`gh|p_${madeUp('word', 36)}`);

describe('maskedModel', () => {
  it('masks what is told and what is answered, piece by piece; without it all is shown', async () => {
    await using endpoint = await startEndpoint((pieces) => pieces);
    const client = createOpenAiClient({ baseUrl: endpoint.url, apiKey: 'another-key' });
    const masked = await ask(maskedModel(client, new Masker([{ name: 'KEY', value: secret }])));
    const plain = await ask(client);
    const [maskedBody = '', plainBody = ''] = endpoint.bodies;
    assert.ok(plainBody.includes(secret) && plainBody.includes(token));
    assert.ok(maskedBody.includes('[secret: KEY] and [secret: GitHub token]'));
    assert.ok(!maskedBody.includes(secret) && !maskedBody.includes(token));
    assert.deepEqual(
      [plain.text, plain.watched],
      Array.from({ length: 2 }, () => `It is ${secret}!`),
    );
    assert.deepEqual(
      [masked.text, masked.watched],
      Array.from({ length: 2 }, () => 'It is [secret: KEY]!'),
    );
  });

  it('masks what an endpoint says when it refuses', async () => {
    await using endpoint = await startEndpoint(() => null);
    const client = createOpenAiClient({ baseUrl: endpoint.url, apiKey: 'another-key' });
    await assert.rejects(ask(client), (error: Error) => error.message.includes(secret));
    await assert.rejects(
      ask(maskedModel(client, new Masker([{ name: 'KEY', value: secret }]))),
      (error: Error) => !error.message.includes(secret) && error.message.includes('[secret: KEY]'),
    );
  });
});

async function ask(model: ModelClient): Promise<{ readonly text: string; readonly watched: string }> {
  let watched = '';
  const { text } = await model.answer(
    {
      ...{ model: 'gpt-4.1', tools: [], maxOutputTokens: 100 },
      messages: [{ role: 'user', text: `${secret} and ${token}` }],
    },
    {
      signal: AbortSignal.timeout(60_000),
      watch: (piece) => {
        watched += piece;
      },
      onRetry: () => undefined,
    },
  );
  return { text, watched };
}

/** Answers with the secret cut in three; null refuses with it. */
async function startEndpoint(answer: (pieces: readonly string[]) => readonly string[] | null) {
  const bodies: string[] = [];
  const server = createServer((request: IncomingMessage, response) => {
    void textOf(request).then((body) => {
      bodies.push(body);
      const pieces = answer(['It is ', secret.slice(0, 15), secret.slice(15), '!']);
      if (pieces === null) {
        response.writeHead(400, { 'content-type': 'application/json' });
        response.end(
          JSON.stringify({ error: { message: `Not with ${secret}`, type: 'invalid_request_error' } }),
        );
        return;
      }
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const chunk = (delta: object, finish_reason: string | null): string =>
        `data: ${JSON.stringify({ id: '1', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [{ index: 0, delta, finish_reason }] })}\n\n`;
      for (const content of pieces) response.write(chunk({ content }, null));
      response.end(`${chunk({}, 'stop')}data: [DONE]\n\n`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    bodies,
    url: `http://127.0.0.1:${port}/v1`,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
