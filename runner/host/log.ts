// The runner's own log: one line an entry on a stream, with every known secret masked.
import { inspect } from 'node:util';

export interface Log {
  info(text: string): void;
  /** For failures that are bugs: the stack goes along. */
  readonly bug: (error: unknown, where: string) => void;
}

/** `secrets` are exact values that must never be written. */
export function createLog(stream: NodeJS.WritableStream, secrets: readonly string[]): Log {
  const write = (level: string, text: string): void => {
    stream.write(`${new Date().toISOString()} ${level} ${mask(text, secrets)}\n`);
  };
  return {
    info: (text) => {
      write('info', text);
    },
    bug: (error, where) => {
      write('bug', `${where}: ${inspect(error)}`);
    },
  };
}

function mask(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret !== '')
    .reduce((masked, secret) => masked.replaceAll(secret, '***'), text);
}
