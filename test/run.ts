// `npm test`: runs the layers in order, or those that are named, and says at the end what passed, failed and was skipped.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sentenceOf } from '../shared/errors/errors.ts';
import { layers, type Layer, type LayerOptions } from './layers/layers.ts';
import { countSkipsAsFailures, summaryOf, type LayerResult } from './layers/summary.ts';
import { broken } from './layers/testResult.ts';
import { LayerUnavailable } from './workbench/systemPackages.ts';

const usage = `npm test -- [${layers.map(({ name }) => name).join(' | ')}]... [arguments of mocha, such as --grep word]`;

async function run(words: readonly string[]): Promise<boolean> {
  const firstOption = words.findIndex((word) => word.startsWith('-'));
  const names = firstOption < 0 ? words : words.slice(0, firstOption);
  const mochaArguments = firstOption < 0 ? [] : words.slice(firstOption);
  const unknown = names.find((name) => !layers.some((layer) => layer.name === name));
  if (unknown !== undefined) throw new Error(`There is no layer ${unknown}. Usage: ${usage}`);
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  const running: Promise<LayerResult>[] = [];
  try {
    for (const layer of layers) {
      if (names.length > 0 && !names.includes(layer.name)) continue;
      console.log(`\n=== ${layer.name}`);
      const result = runLayer(layer, { mochaArguments, signal: stop.signal });
      running.push(result);
      // It is awaited below; until then a rejection has nobody who minds it.
      result.catch(() => undefined);
      if (layer.runsBeside !== true) await result;
    }
  } finally {
    await Promise.allSettled(running);
  }
  const results = await Promise.all(running);
  const counted = process.env['CI'] === 'true' ? countSkipsAsFailures(results) : results;
  console.log(summaryOf(counted));
  return counted.every(({ failed }) => failed === 0);
}

/** A layer that throws is a failure like another; the layers after it still run. */
async function runLayer(layer: Layer, options: LayerOptions): Promise<LayerResult> {
  const startedAt = performance.now();
  const finish = (result: Omit<LayerResult, 'name' | 'durationMs'>): LayerResult => ({
    ...result,
    name: layer.name,
    durationMs: performance.now() - startedAt,
  });
  try {
    return finish(await layer.run(options));
  } catch (error) {
    options.signal.throwIfAborted();
    if (error instanceof LayerUnavailable) {
      return finish({ passed: 0, failed: 0, failures: [], skipped: error.message });
    }
    console.error(error);
    return finish(broken(sentenceOf(error)));
  }
}

/** What one process has compiled, the hundreds that come after it need not. */
async function withCompileCache<Result>(act: () => Promise<Result>): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), 'nightjar-compiled-'));
  process.env['NODE_COMPILE_CACHE'] = folder;
  try {
    return await act();
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

const isPassed = await withCompileCache(() => run(process.argv.slice(2)));
process.exitCode = isPassed ? 0 : 1;
