// Tells what only stands for a secret, in examples and fixtures, from what is one.

const standIns =
  /example|placeholder|redacted|changeme|change[_-]me|your[_-]|[_-]here$|dummy|xxxx|\.{3}|\*{3}|•|\$\{|\{\{|%\(|<[a-z]|^eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9\.eyJzdWIiOiIxMjM0NTY3ODkw/i;

const commonPasswords =
  /^(?:p[a@4](?:ss|55|\$\$)(?:w[o0]r[dt]|wd|phrase)?|s[e3]cr[e3]ts?|admin|root|test(?:ing)?|user(?:name)?|postgres(?:ql)?|mysql|mongo(?:db)?|redis|guest|rabbitmq|default|demo|foo|bar|baz|abc|hunter|letmein|qwerty|pwd|pw|pass|token|key|value|string|none|null|undefined|true|false|localhost)[\d!?@#$_.*-]{0,6}$/i;

/** True for what shows the place of a secret: `<token>`, `${TOKEN}`, `ghp_xxxx…`, a key that says EXAMPLE. */
export function isStandIn(value: string): boolean {
  return standIns.test(value) || hasFewCharacters(value);
}

/** True, too, for the passwords that everybody uses where none is needed, for expressions and for paths. */
export function isPlaceholder(value: string): boolean {
  return isStandIn(value) || commonPasswords.test(value) || /^[$%@{<([/]|^\w+\(/.test(value);
}

/** True for the password of an address in an example or a test: a common or a short one, or a plain word. */
export function isPlainPassword(value: string): boolean {
  return isPlaceholder(value) || value.length < 6 || (value.length < 12 && /^[A-Za-z]*$/.test(value));
}

/**
 * True for a value that nobody would type or read: letters, digits and signs change places all the time.
 * Words, even with a number behind them, versions and UUIDs are not.
 */
export function looksRandom(value: string): boolean {
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)) return false;
  if (/^[~^<>=v]*\d+(?:\.[\dx*]+)+(?:[-+][\w.]+)?$/.test(value)) return false;
  if (!/\d/.test(value) || !/[A-Za-z]/.test(value)) return false;
  const runs = value.match(/[A-Z]?[a-z]+|[A-Z]+|\d+|[^\w./: -]/g) ?? [];
  return runs.join('').length / runs.length < 2.5 && bitsPerCharacter(value) >= 2.7;
}

function hasFewCharacters(value: string): boolean {
  return value.length >= 12 && new Set(value.slice(-24)).size <= 5;
}

/** Shannon's entropy. */
function bitsPerCharacter(value: string): number {
  const counts = new Map<string, number>();
  for (const character of value) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / value.length) * Math.log2(count / value.length);
  return bits;
}
