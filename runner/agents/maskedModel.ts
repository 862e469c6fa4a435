// Keeps secrets from the model and its answers from showing any: a mask before and behind a model client.
import { KnownError } from '../../shared/errors/errors.ts';
import type { Masker } from '../../shared/secrets/masker.ts';
import type { Message } from '../../shared/task/events.ts';
import type { ModelClient } from '../tasks/ports.ts';

/**
 * The same client with masked messages, live text, answers, retries and failures. Calls of tools are carried out
 * as the model wrote them, so there only known values are masked.
 */
export function maskedModel(model: ModelClient, masker: Masker): ModelClient {
  return {
    contextTokensOf: (name) => model.contextTokensOf(name),
    priceOf: (name) => model.priceOf(name),
    answer: async (request, options) => {
      const live = masker.stream();
      const show = (text: string): void => {
        if (text !== '') options.watch(text);
      };
      try {
        const messages = request.messages.map((message) => maskedMessage(message, masker));
        const answer = await model.answer(
          { ...request, messages },
          {
            signal: options.signal,
            watch: (text) => {
              show(live.write(text));
            },
            onRetry: (retry) => {
              show(live.end());
              options.onRetry({ ...retry, reason: masker.mask(retry.reason) });
            },
          },
        );
        show(live.end());
        const toolCalls = answer.toolCalls.map((call) => ({
          ...call,
          arguments: masker.maskValues(call.arguments),
        }));
        return { ...answer, text: masker.mask(answer.text), toolCalls };
      } catch (error) {
        throw error instanceof KnownError ? maskedError(error, masker) : error;
      }
    },
  };
}

function maskedMessage(message: Message, masker: Masker): Message {
  if (message.role !== 'assistant') return { ...message, text: masker.mask(message.text) };
  const toolCalls = message.toolCalls.map((call) => ({
    ...call,
    arguments: masker.maskValues(call.arguments),
  }));
  return { ...message, text: masker.mask(message.text), toolCalls };
}

function maskedError(error: KnownError, masker: Masker): KnownError {
  const report = error.toReport();
  const [message, remedy] = [masker.mask(report.message), masker.mask(report.remedy)];
  return Object.assign(KnownError.fromReport({ ...report, message, remedy }), { cause: error });
}
