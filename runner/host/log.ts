// The runner's own log: one line an entry on a stream, with every secret masked.
import { inspect } from 'node:util';
import type { Masker } from '../../shared/secrets/masker.ts';

export interface Log {
  info(text: string): void;
  /** For failures that are bugs: the stack goes along. */
  readonly bug: (error: unknown, where: string) => void;
}

export function createLog(stream: NodeJS.WritableStream, masker: Pick<Masker, 'mask'>): Log {
  const write = (level: string, text: string): void => {
    stream.write(`${new Date().toISOString()} ${level} ${masker.mask(text)}\n`);
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
