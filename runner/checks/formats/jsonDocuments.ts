// Finds the JSON documents that stand in an output, on one line or on many, and hands them to every format of such documents.
import { nothing, type DocumentFormat, type Format, type Found } from './format.ts';

const mostChars = 32 * 1024 * 1024;

/** Reads all lines, however long. */
export function jsonDocuments(formats: readonly DocumentFormat[]): Format {
  return () => {
    const readers = formats.map((format) => format());
    let open: { readonly end: string; readonly lines: string[]; chars: number } | null = null;
    const read = (text: string): readonly Found[] => {
      const document = parsed(text);
      return document === undefined ? nothing : readers.flatMap((reader) => reader(document));
    };
    return (line) => {
      if (line === null) return nothing;
      if (open === null) {
        if (!/^[{[]/.test(line) || line.length > mostChars) return nothing;
        const text = line.trimEnd();
        const end = text.startsWith('{') ? '}' : ']';
        if (text.length > 1 && text.endsWith(end)) return read(text);
        if (/^(?:[{[]|\{".*|\[\{.*)$/.test(text)) open = { end, lines: [line], chars: line.length };
        return nothing;
      }
      open.lines.push(line);
      open.chars += line.length;
      if (line.startsWith(open.end)) {
        const text = [...open.lines.slice(0, -1), open.end].join('\n');
        open = null;
        return read(text);
      }
      // The next log line that is no part of a document ends one that has gone wrong.
      if (open.chars > mostChars) open = null;
      return nothing;
    };
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
