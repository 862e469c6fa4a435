// The program `nightjar`: the runner and the command line, called from outside.
import { fileURLToPath } from 'node:url';
import { runCommandLine } from './cli/cli.ts';
import { processSurroundings, type Serve } from './cli/surroundings.ts';
import { keepMemorySmall } from './host/smallMemory.ts';
import { runnerVersion } from './host/version.ts';

/** Serves in the foreground until Ctrl+C, a client's request or, for a runner that a client started, idleness. */
const serve: Serve = async (options, signal) => {
  // A command that only asks a runner needs none of what makes one.
  const { startRunner } = await import('./runner.ts');
  keepMemorySmall();
  const endsWhenIdle = process.env['NIGHTJAR_ENDS_WHEN_IDLE'] === '1';
  await using runner = await startRunner(
    { ...options, env: process.env, logStream: process.stderr, endsWhenIdle },
    signal,
  );
  // A client that started it finds all of this in its record.
  if (!endsWhenIdle) options.onListening(runner);
  await new Promise<void>((resolve) => {
    AbortSignal.any([signal, runner.ending]).addEventListener('abort', () => {
      resolve();
    });
  });
};

const surroundings = processSurroundings({
  entry: fileURLToPath(import.meta.url),
  version: runnerVersion,
  serve,
  rehearse: async (options, signal) => {
    const { rehearse } = await import('./rehearse.ts');
    return rehearse(options, signal);
  },
});
process.exitCode = await runCommandLine(process.argv.slice(2), surroundings);
