// Made-up secrets of many kinds, put together from pieces so that this repository holds none.

const lower = 'abcdefghijklmnopqrstuvwxyz';
const upper = lower.toUpperCase();
const digits = '0123456789';
const alphabets = {
  word: lower + upper + digits,
  url: `${lower}${upper}${digits}-_`,
  base64: `${lower}${upper}${digits}+/`,
  hex: `${digits}abcdef`,
  upper: upper + digits,
  letters: lower + upper,
};

/** The same characters every time: a small generator with a seed of its own for each call. */
export function madeUp(alphabet: keyof typeof alphabets, length: number, seed = 1): string {
  const characters = alphabets[alphabet];
  let state = seed * 7_919 + length;
  let text = '';
  while (text.length < length) {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    text += characters.charAt(Math.floor(state / 65_536) % characters.length);
  }
  return text;
}

export interface Planted {
  /** The kind that must be named. */
  readonly kind: string;
  readonly path: string;
  /** The whole content of the file. */
  readonly text: string;
  /** On which it is; null where the file as a whole is one. */
  readonly line: number | null;
  /** What must never be shown; empty where the file as a whole is the secret. */
  readonly secret: string;
}

/** A PEM block of one title with lines of made-up Base64. */
export function madeUpPem(title: string, lines = 6): string {
  const dashes = '-'.repeat(5);
  const body = Array.from({ length: lines }, (_, index) => madeUp('base64', 64, index + 1)).join('\n');
  return `${dashes}BEGIN ${title}${dashes}\n${body}\n${madeUp('base64', 10)}==\n${dashes}END ${title}${dashes}\n`;
}

/** Takes out the bars that keep a token in a source file from being one. */
export function joined(text: string): string {
  return text.replaceAll('|', '');
}

const jsonPart = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const jwt = [
  jsonPart({ alg: 'RS256', typ: 'JWT' }),
  jsonPart({ sub: 'ada', admin: true }),
  madeUp('url', 43),
].join('.');

const splitTokens: readonly (readonly [kind: string, token: string])[] = [
  ['AWS access key', `AKI|A${madeUp('upper', 16)}`],
  ['AWS access key', `ASI|A${madeUp('upper', 16, 2)}`],
  ['GitHub token', `gh|p_${madeUp('word', 36)}`],
  ['GitHub token', `gh|s_${madeUp('word', 36, 2)}`],
  ['GitHub token', `github_|pat_${madeUp('word', 22)}_${madeUp('word', 59)}`],
  ['GitLab token', `gl|pat-${madeUp('url', 20)}`],
  ['npm token', `npm|_${madeUp('word', 36)}`],
  ['PyPI token', `pypi-|AgE${madeUp('url', 120)}`],
  ['RubyGems key', `ruby|gems_${madeUp('hex', 48)}`],
  ['Docker Hub token', `dckr_|pat_${madeUp('url', 27)}`],
  ['Slack token', `xox|b-123456789012-1234567890123-${madeUp('word', 24)}`],
  ['Google API key', `AI|za${madeUp('url', 35)}`],
  ['Google OAuth secret', `GOC|SPX-${madeUp('url', 28)}`],
  ['Google access token', `ya|29.${madeUp('url', 60)}`],
  ['Anthropic key', `sk-|ant-api03-${madeUp('url', 93)}AA`],
  ['OpenAI key', `sk-|proj-${madeUp('url', 120)}`],
  ['API key', `sk|-${madeUp('word', 48)}`],
  ['OpenRouter key', `sk-|or-v1-${madeUp('hex', 64)}`],
  ['Groq key', `gs|k_${madeUp('word', 52)}`],
  ['Hugging Face token', `h|f_${madeUp('letters', 34)}`],
  ['Stripe key', `sk_|live_${madeUp('word', 24)}`],
  ['Stripe webhook secret', `whs|ec_${madeUp('word', 32)}`],
  ['Shopify token', `shp|at_${madeUp('hex', 32)}`],
  ['SendGrid key', `S|G.${madeUp('url', 22)}.${madeUp('url', 43)}`],
  ['DigitalOcean token', `dop|_v1_${madeUp('hex', 64)}`],
  ['Databricks token', `da|pi${madeUp('hex', 32)}`],
  ['Vault token', `hv|s.${madeUp('url', 90)}`],
  ['Grafana token', `gl|sa_${madeUp('word', 32)}_${madeUp('hex', 8)}`],
  ['Linear key', `lin_|api_${madeUp('word', 40)}`],
  ['Figma token', `fig|d_${madeUp('url', 40)}`],
  ['Tailscale key', `tskey-|auth-${madeUp('word', 17)}-${madeUp('word', 32)}`],
  ['JSON web token', jwt],
];

/** Tokens that are known wherever they stand, by kind. */
export const tokens = splitTokens.map(([kind, token]) => [kind, joined(token)] as const);

const inSources = tokens.map(([kind, secret], index): Planted => ({
  kind,
  secret,
  path: `src/file${index}.ts`,
  text: `// A client.\nconst client = connect('${secret}');\n`,
  line: 2,
}));

const password = joined('Tr0ub4|dor&37x');
const random = madeUp('word', 32, 5);
const awsSecret = madeUp('base64', 40, 3);
const azureKey = `${madeUp('base64', 86, 4)}==`;
const telegram = `${'A'.repeat(2)}${madeUp('url', 33)}`;
const slackHook = `T${madeUp('upper', 8)}/B${madeUp('upper', 8)}/${madeUp('word', 24)}`;
const pem = madeUpPem('RSA PRIVATE KEY');

const row = (kind: string, path: string, text: string, secret: string, line: number | null = 1): Planted => ({
  ...{ kind, path, text, secret, line },
});

/** Secrets that their surroundings give away. */
const inContext: readonly Planted[] = [
  row('AWS secret key', 'deploy/credentials.txt', `aws_secret_access_key = ${awsSecret}\n`, awsSecret),
  row('Azure key', 'app.cs', `var s = "AccountName=a;AccountKey=${azureKey};Endpoint=x";`, azureKey),
  row('Telegram bot token', 'bot.py', `bot = Bot('123456789:${telegram}')`, telegram),
  row('Slack webhook', 'notify.sh', `curl https://hooks.slack.com/services/${slackHook}`, slackHook),
  row('password in an address', 'db.ts', `connect('postgres://app:${password}@db.internal/app')`, password),
  row('password in an address', 'compose.yml', `url: amqps://app:${random}@mq.internal`, random),
  row('bearer token', 'probe.http', `GET /\nAuthorization: Bearer ${random}\n`, random, 2),
  row('private key', 'config.ts', `const key = \`\n${pem}\`;`, pem.split('\n')[2] ?? '', 2),
  row('private key', 'key.json', JSON.stringify({ private_key: pem }), pem.split('\n')[2] ?? ''),
  row('private key', 'signing.pem', pem, pem.split('\n')[2] ?? ''),
  row('private key', 'release.asc', madeUpPem('PGP PRIVATE KEY BLOCK'), madeUp('base64', 64, 2)),
  row('password', 'settings.yml', `db:\n  password: ${password}\n`, password, 2),
  row('password', 'deploy.sh', `export DB_PASSWORD=${password}\n`, password),
  row('password', 'settings.xml', `<server><password>${password}</password></server>`, password),
  row('key', 'client.py', `api_key = "${random}"\n`, random),
  row('key', 'client.ts', `const options = { apiKey: '${random}' };\n`, random),
  row('secret', 'app.json', `{\n  "clientSecret": "${random}"\n}\n`, random, 2),
  row('token', 'ci.toml', `[ci]\nauth_token = "${random}"\n`, random, 2),
];

/** Files that are secrets by what they are. */
const wholeFiles: readonly Planted[] = [
  row('environment values', '.env', '# Local\nPORT=3000\n', '', 2),
  row('environment values', 'app/.env.production', 'export A=b\n', ''),
  row('private key', 'keys/id_ed25519', 'x', '', null),
  row('private key', 'server.pem', 'x', '', null),
  row('key store', 'release.jks', '\0\0', '', null),
  row('credentials', 'credentials.json', '{}', '', null),
  row('credentials', '.netrc', 'machine x', '', null),
  row('credentials', '.aws/credentials', '[default]', '', null),
  row('credentials', '.docker/config.json', '{"auths":{"r":{"auth":"YQ=="}}}', ''),
  row('npm token', '.npmrc', 'registry=x\n//r/:_authToken=abc\n', '', 2),
];

export const planted: readonly Planted[] = [...inSources, ...inContext, ...wholeFiles];
