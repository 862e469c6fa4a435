// How text that others wrote stands in a message of ours to the model: every line of it bears a mark, so no text can end its own.

/** Before every line of a quotation; what the model is told of it stands in the system prompt. */
export const quotationMark = '│ ';

/** All that any reader, the model too, may take for the end of a line. */
const lineEnds = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/;

/**
 * Files, tools, checks and the editor speak so. A fence or a closing mark could be forged by what lies within; that each
 * line is marked can't, whatever the lines say.
 */
export function quotation(text: string): string {
  return text
    .split(lineEnds)
    .map((line) => quotationMark + line)
    .join('\n');
}

/** The end of a quotation in at most `maxChars`, whole lines of it where there are several. */
export function endOfQuotation(quoted: string, maxChars: number): string {
  if (quoted.length <= maxChars) return quoted;
  const cut = quoted.slice(-maxChars);
  const lineStart = cut.indexOf('\n') + 1;
  return lineStart > 0 ? cut.slice(lineStart) : quotationMark + cut.slice(quotationMark.length);
}

/** For names within a line of ours. */
export function onOneLine(text: string): string {
  return text.split(lineEnds).join(' ');
}
