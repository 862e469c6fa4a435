// Tells a person, and with --json a program, what went wrong.
import { isCancellation, KnownError } from '../../shared/errors/errors.ts';
import { cleanText } from './display/displayWidth.ts';
import { paintFor, type Surroundings } from './surroundings.ts';

/** One block on standard error; a stack only for a bug. With `isJson` the error also goes to standard output as data. */
export function reportError(error: unknown, surroundings: Surroundings, isJson: boolean): void {
  const paint = paintFor(surroundings, surroundings.stderr);
  if (isCancellation(error)) {
    surroundings.stderr.write(`${paint('attention', 'cancelled')}\n`);
    return;
  }
  if (error instanceof KnownError) {
    surroundings.stderr.write(`${paint('bad', 'error:')} ${cleanText(error.message)}\n`);
    if (error.remedy !== '') surroundings.stderr.write(`       ${cleanText(error.remedy)}\n`);
    if (isJson) surroundings.stdout.write(`${JSON.stringify({ error: error.toReport() }, null, 2)}\n`);
    return;
  }
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  surroundings.stderr.write(
    `${paint('bad', 'error:')} This is a bug in Nightjar; please report it with these lines.\n${detail}\n`,
  );
  if (isJson) {
    const message = error instanceof Error ? error.message : String(error);
    surroundings.stdout.write(
      `${JSON.stringify({ error: { code: 'bug', message, remedy: 'Report it.', mayRetry: false } }, null, 2)}\n`,
    );
  }
}
