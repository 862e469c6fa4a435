// Finds a pattern in one line of output: plain text, with `*` for any text in between.

/** Whether a line has the pattern, in a time that grows with the line and never with its square. */
export function linePattern(pattern: string): (line: string) => boolean {
  // A star that is meant stands behind a backslash.
  const parts = pattern
    .split(/(?<!\\)\*/)
    .map((part) => part.replaceAll('\\*', '*'))
    .filter((part) => part !== '');
  return (line) => {
    let from = 0;
    for (const part of parts) {
      const found = line.indexOf(part, from);
      if (found < 0) return false;
      from = found + part.length;
    }
    return true;
  };
}
