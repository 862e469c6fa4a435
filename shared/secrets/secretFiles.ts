// Tells files that hold secrets by what they are: environment files, keys, credentials of well-known programs.

/** What a file holds by its name and content. */
export interface FileSecret {
  readonly kind: string;
  /** From 1; null where it is the whole file. */
  readonly line: number | null;
}

interface FileKind {
  readonly name: RegExp;
  readonly kind: string;
  /** Which line makes the file one that holds a secret; without it the name is enough. */
  readonly holds?: RegExp;
}

const assignsValue =
  /^[ \t]*(?:export[ \t]+)?[\w.]+[ \t]*=[ \t]*(?!["']{2}|["']?\$\{?\w+\}?["']?[ \t]*$)[^\s#]/m;

/** Against the lower-case path. The first that fits counts. */
const fileKinds: readonly FileKind[] = [
  { name: /(?:^|\/)\.env(?:\.[^/]*)?$/, kind: 'environment values', holds: assignsValue },
  { name: /(?:^|\/)id_(?:rsa|dsa|ecdsa|ed25519)(?:_sk)?$/, kind: 'private key' },
  { name: /\.(?:p12|pfx|jks|keystore|kdbx|ppk)$/, kind: 'key store' },
  {
    name: /(?:^|\/)(?:credentials|client_secret[^/]*|service-account[^/]*|application_default_credentials)\.json$/,
    kind: 'credentials',
  },
  { name: /(?:^|\/)secrets?\.(?:json|ya?ml|toml|env)$/, kind: 'credentials' },
  {
    name: /(?:^|\/)\.(?:netrc|pypirc|git-credentials|pgpass|my\.cnf|s3cfg|boto|vault-token)$/,
    kind: 'credentials',
  },
  { name: /(?:^|\/)(?:_netrc|\.htpasswd)$/, kind: 'credentials' },
  { name: /(?:^|\/)\.aws\/credentials$/, kind: 'credentials' },
  {
    name: /(?:^|\/)\.docker(?:\/config\.json|cfg)$/,
    kind: 'credentials',
    holds: /"(?:auth|identitytoken)"\s*:\s*"[^"]/m,
  },
  {
    name: /(?:^|\/)(?:\.kube\/config|kubeconfig)$/,
    kind: 'credentials',
    holds: /(?:client-key-data|token|password):\s*\S/m,
  },
  { name: /(?:^|\/)\.npmrc$/, kind: 'npm token', holds: /_(?:authToken|auth|password)\s*=\s*(?!["']?\$)\S/m },
  { name: /(?:^|\/)\.yarnrc\.yml$/, kind: 'npm token', holds: /npmAuth(?:Token|Ident):\s*(?!["']?\$)\S/m },
];

/** Examples of a file, which people commit. */
const example = /\.(?:example|sample|template|tmpl|dist|defaults?)$|\.(?:example|sample)\./;

/** What the file holds, null where it is none of the well-known ones; `text` may be its beginning alone. */
export function secretOfFile(path: string, text: string): FileSecret | null {
  const lower = path.toLowerCase();
  if (example.test(lower)) return null;
  if (/\.(?:pem|key)$/.test(lower)) return keyFile(lower, text);
  const found = fileKinds.find(({ name }) => name.test(lower));
  if (found === undefined) return null;
  if (found.holds === undefined) return { kind: found.kind, line: null };
  const match = found.holds.exec(text);
  return match === null ? null : { kind: found.kind, line: lineAt(text, match.index + match[0].length) };
}

/** The number, from 1, of the line on which a place in the text lies. */
export function lineAt(text: string, place: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < place; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}

/** Certificates and public keys are for everybody; what is neither is taken for a key by its name. */
function keyFile(path: string, text: string): FileSecret | null {
  const secret = /-----BEGIN [A-Z ]*PRIVATE KEY/.exec(text);
  if (secret !== null) return { kind: 'private key', line: lineAt(text, secret.index) };
  const isPublic =
    /-----BEGIN (?:[A-Z0-9 ]*CERTIFICATE(?: REQUEST)?|[A-Z ]*PUBLIC KEY|[A-Z0-9 ]*PARAMETERS|X509 CRL)-----/.test(
      text,
    );
  // `.key` is the end of other names too: presentations, tables of keys.
  return isPublic || path.endsWith('.key') ? null : { kind: 'private key', line: null };
}
