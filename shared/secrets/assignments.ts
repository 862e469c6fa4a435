// Finds secrets that only their name gives away: `DB_PASSWORD=…`, `apiKey: "…"`, `<password>…</password>`.
import { isPlaceholder, looksRandom } from './placeholders.ts';

/** A value that a name calls a secret; `start` and `end` are its place in the text. */
export interface AssignedSecret {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

const wordKinds: readonly (readonly [RegExp, string])[] = [
  [/^(?:pass|pwd)/i, 'password'],
  [/token$/i, 'token'],
  [/secret$/i, 'secret'],
];

/** The last word of the name decides: `tokenUrl` and `passwordField` hold no secret. */
const names = String.raw`passw(?:or)?d|passwd|passphrase|pwd|secret|token|credentials?|(?:api|access|secret|private|auth|account|encryption|signing|master|service|storage)[_.-]?key`;
const quoted = String.raw`(?<quote>["'\x60])(?<value>[^"'\x60\s]{8,200})\k<quote>`;
/** Without quotes a value is one only where the text is no program: there it would be an expression. */
const bare = String.raw`(?<bare>[^\s"'\x60,;(){}\[\]]{8,200})`;
const element = String.raw`>(?<element>[^<>\s]{8,200})</`;

const inPrograms = new RegExp(
  String.raw`(?<word>${names})\d?["']?[ \t]*(?:(?::=|=>|[:=])[ \t]*${quoted}|${element})`,
  'gi',
);
const inConfiguration = new RegExp(
  String.raw`(?<word>${names})\d?["']?[ \t]*(?:(?::=|=>|[:=])[ \t]*(?:${quoted}|${bare}(?=[ \t]*(?:[#\r\n]|$)))|${element})`,
  'gi',
);

const configurationFile =
  /(?:^|\/)(?:\.[^/.]*rc|\.env[^/]*|dockerfile[^/]*|config|credentials)$|\.(?:env|ini|cfg|conf|properties|ya?ml|toml|tfvars|sh|bash|zsh|fish|ps1|netrc|config)$/i;

/** What a machine wrote, and what holds hashes under all kinds of names. */
const generatedFile =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|bun\.lockb?|[^/]*\.lock|go\.sum)$|\.(?:map|min\.js|min\.css|snap)$/i;

/** Secrets in `text` by the names before them; `path` tells what kind of text it is. */
export function* assignedSecrets(path: string, text: string): Iterable<AssignedSecret> {
  if (generatedFile.test(path)) return;
  const pattern = configurationFile.test(path) ? inConfiguration : inPrograms;
  for (const match of text.matchAll(pattern)) {
    const { word = '', value, bare: bareValue, element: elementValue } = match.groups ?? {};
    const found = value ?? bareValue ?? elementValue ?? '';
    if (isPlaceholder(found) || !looksRandom(found)) continue;
    const start = match.index + match[0].lastIndexOf(found);
    yield { name: kindOf(word), start, end: start + found.length };
  }
}

function kindOf(word: string): string {
  return (
    wordKinds.find(([pattern]) => pattern.test(word))?.[1] ??
    (/credential/i.test(word) ? 'credential' : 'key')
  );
}
