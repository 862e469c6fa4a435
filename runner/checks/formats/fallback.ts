// What no other format knows: `file:line: text` of a file that is there; asked only where nothing else was found.
import { existsSync } from 'node:fs';
import { isAbsolute, join, relative } from 'node:path';
import { isFrame } from '../../tasks/stackFrames.ts';
import { found, nothing, type Format } from './format.ts';

const mostProbes = 2_000;

/** Stacks, and lines that only mention a place, are left alone: the place must open the line, and a word must follow. */
export function fallback(root: string): Format {
  return () => {
    const known = new Map<string, boolean>();
    const isThere = (file: string): boolean => {
      const path = isAbsolute(file) ? relative(root, file) : file;
      if (path.startsWith('..') || isAbsolute(path)) return false;
      const answer = known.get(path) ?? (known.size < mostProbes && existsSync(join(root, path)));
      known.set(path, answer);
      return answer;
    };
    return (line) => {
      if (line?.includes(':') !== true) return nothing;
      const [, file = '', row, column, bracketed, word, message = ''] =
        /^((?:\.{0,2}\/)?[\w@+~][\w@+~./-]{0,500}):(\d{1,7})(?::(\d{1,5}))?(?:: | - | )(?:\[(\w+)\] |(error|warning|note|fatal error):? |)(\S*[A-Za-z].{2,})$/i.exec(
          line,
        ) ?? [];
      if (file === '' || isFrame(line) || !isThere(file)) return nothing;
      return [found([file, row, column], message, { severity: (bracketed ?? word)?.toLowerCase() })];
    };
  };
}
