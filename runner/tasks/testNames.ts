// The tests that a file defines, by their names in the source: what passes is named by no output.

export interface NamedTest {
  readonly name: string;
  /** From 1. */
  readonly line: number;
}

/** How each language defines a test; the name is the last group that matched. */
const definitions: readonly { readonly files: RegExp; readonly test: RegExp }[] = [
  {
    files: /\.[cm]?[jt]sx?$/,
    test: /^[^\S\n]*(?:await\s+)?(?:Deno\.)?(?:t\.)?(?:it|test|specify)(?:\.(?:concurrent|sequential|serial|skip|only|fails))*\(\s*(?:'((?:\\.|[^'\\\n])+)'|"((?:\\.|[^"\\\n])+)"|`((?:\\.|[^`\\\n])+)`)/gm,
  },
  { files: /\.py$/, test: /^[^\S\n]*(?:async[^\S\n]+)?def[^\S\n]+(test\w*)[^\S\n]*\(/gm },
  { files: /\.go$/, test: /^func[^\S\n]+((?:Test|Fuzz)\w+)\(/gm },
  {
    files: /\.rs$/,
    test: /#\[(?:\w+::)*test\b[^\]\n]*\]\s*(?:#\[[^\]\n]*\]\s*)*(?:pub\s+)?(?:async\s+)?fn\s+(\w+)/g,
  },
  {
    files: /\.(?:java|kt|groovy|scala)$/,
    test: /@(?:Test|ParameterizedTest|RepeatedTest)\b[^{};]*?\b(?:void|fun)\s+(\w+|`[^`\n]+`)\s*\(/g,
  },
  { files: /\.cs$/, test: /\[(?:Fact|Theory|Test|TestMethod)\b[^{};]*?\b(?:void|Task)\s+(\w+)\s*\(/g },
  {
    files: /\.rb$/,
    test: /^[^\S\n]*(?:(?:it|specify|test)[^\S\n]+(?:'([^'\n]+)'|"([^"\n]+)")|def[^\S\n]+(test_\w+))/gm,
  },
  { files: /\.php$/, test: /\bfunction\s+(test\w+)\s*\(/g },
];

const mostTests = 2_000;

/** In the order of the file; none for a language that is not known. */
export function testsIn(text: string, path: string): NamedTest[] {
  const definition = definitions.find(({ files }) => files.test(path));
  if (definition === undefined) return [];
  const tests: NamedTest[] = [];
  let line = 1;
  let counted = 0;
  for (const match of text.matchAll(definition.test)) {
    if (tests.length >= mostTests) break;
    const groups: readonly (string | undefined)[] = match.slice(1);
    const name = groups.find((group) => group !== undefined) ?? '';
    const at = match.index + match[0].length;
    for (; counted < at; counted += 1) if (text.charCodeAt(counted) === 10) line += 1;
    tests.push({ name: name.replaceAll(/\\(['"`])/g, '$1'), line });
  }
  return tests;
}

/** Those that the other text does not define. */
export function newTests(text: string, earlier: string | null, path: string): NamedTest[] {
  const known = new Set(testsIn(earlier ?? '', path).map(({ name }) => name));
  return testsIn(text, path).filter(({ name }) => !known.has(name));
}
