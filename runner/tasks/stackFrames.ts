// Tells the frames of a stack that are the project's own from those of libraries, and folds the latter.

/** How the runtimes write a frame: JavaScript, Python, Java and C#, Ruby, Rust and Go. */
const frame =
  /^\s*(?:at (?:async )?\S|❯ \S|# \.?\/|File "|in \S.{0,300}:\d+$|\d+: \S|[\w$<~[][\w$.<>~ [\]]{0,199} \((?:file:|node:|\/|[A-Za-z]:)|(?:file:|node:)\S+:\d+:\d+$|\S+\.(?:go|rb|php|py):\d+\b)/;

/** Where no project keeps files of its own. */
const library =
  /node_modules|node:|\(<anonymous>\)|site-packages|dist-packages|\/lib\/python|\/rustc\/|\/\.cargo\/registry|\/usr\/(?:local\/)?(?:lib|go|share)\b|\/vendor\/|\/gems\/|\b(?:java|javax|jdk|sun|org\.junit|junit|org\.apache\.maven|kotlin|scala|System|Microsoft|Xunit|NUnit)\.[\w$.<>]+\(|\b(?:core|std|test|alloc)::/;

export function isFrame(line: string): boolean {
  return frame.test(line);
}

export function isLibraryFrame(line: string): boolean {
  return frame.test(line) && library.test(line);
}

/** The lines with each run of library frames folded into one that counts them. */
export function foldFrames(lines: readonly string[]): string[] {
  const folded: string[] = [];
  let count = 0;
  const close = (): void => {
    if (count > 0) folded.push(`… ${count} ${count === 1 ? 'frame' : 'frames'} of libraries`);
    count = 0;
  };
  for (const line of lines) {
    if (isLibraryFrame(line)) count++;
    else {
      close();
      folded.push(line);
    }
  }
  close();
  return folded;
}
