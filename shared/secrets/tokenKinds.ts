// The tokens that are known by their form: what each is called, how it begins, what it looks like.

/** A form of secret that stands out anywhere in a text. */
export interface TokenKind {
  /** For people: "holds an …". */
  readonly name: string;
  /** Every token begins with one of these; two characters or more. */
  readonly anchors: readonly string[];
  /** Sticky, from the anchor on. The group `secret`, where there is one, is the part that must not be shown. */
  readonly pattern: RegExp;
  /** Sticky, from the anchor on: as far as a token could reach, so that one that is cut off can be waited for. */
  readonly span: RegExp;
  /** Characters that a token may have; what is longer is none. */
  readonly longest: number;
  /** Whether it may begin in the middle of a word. */
  readonly insideWords: boolean;
}

const wordSpan = /[\w-]*/y;
const dottedSpan = /[\w.-]*/y;
const defaultLongest = 1_024;

type Options = Partial<Pick<TokenKind, 'span' | 'longest' | 'insideWords'>>;

/** A token whose end is written as a regular expression: everything behind its anchor. */
function kind(
  name: string,
  anchors: string | readonly string[],
  rest: RegExp,
  options: Options = {},
): TokenKind {
  const list = typeof anchors === 'string' ? [anchors] : anchors;
  return {
    name,
    anchors: list,
    pattern: new RegExp(`(?:${list.map((text) => RegExp.escape(text)).join('|')})${rest.source}`, 'y'),
    span: wordSpan,
    longest: defaultLongest,
    insideWords: false,
    ...options,
  };
}

/** Begins a line of a key: a line's end, and what stands before it in a listing, a string literal or a diff. */
const keyLineStart = String.raw`[^\w+/=-]{1,16}(?:\d{1,6}[^\w+/=-]{1,8})?[+-]?`;
const keyHeaders = String.raw`(?:\s*(?:Proc-Type|DEK-Info|Version|Comment): [^\r\n\\]*)*`;
const keyLines = String.raw`(?:${keyLineStart}[A-Za-z0-9+/=]{16,})`;
const keyEnd = String.raw`(?:${keyLineStart}[A-Za-z0-9+/=]{1,15})?[^\w-]{0,24}`;
const keyTitle = String.raw`(?:[A-Z]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----`;

/** What someone who holds it can act with. Longer beginnings come before shorter ones that they share. */
export const tokenKinds: readonly TokenKind[] = [
  kind('AWS access key', ['AKIA', 'ASIA', 'ABIA', 'ACCA'], /[A-Z0-9]{16}(?![A-Za-z0-9])/),
  kind(
    'AWS secret key',
    ['ecret_access_key', 'ECRET_ACCESS_KEY', 'ecretAccessKey'],
    /["']?[ \t]*[=:][ \t]*["']?(?<secret>[A-Za-z0-9+/]{40})(?![A-Za-z0-9+/=])/,
    { span: /[\w"' \t=:+/]*/y, longest: 128, insideWords: true },
  ),
  kind('GitHub token', ['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_'], /[A-Za-z0-9]{36,}/),
  kind('GitHub token', 'github_pat_', /\w{36,}/),
  kind('GitLab token', ['glpat-', 'gldt-', 'glrt-', 'glptt-', 'glcbt-', 'glsoat-'], /[\w-]{20,}/),
  kind('npm token', 'npm_', /[A-Za-z0-9]{36,}/),
  kind('PyPI token', 'pypi-AgE', /[\w-]{50,}/),
  kind('RubyGems key', 'rubygems_', /[0-9a-f]{48}/),
  kind('Docker Hub token', ['dckr_pat_', 'dckr_oat_'], /[\w-]{24,}/),
  kind(
    'Slack token',
    ['xoxb-', 'xoxp-', 'xoxa-', 'xoxr-', 'xoxs-', 'xoxe-', 'xoxe.', 'xapp-'],
    /[\w.-]*\d[\w.-]{16,}/,
    {
      span: dottedSpan,
    },
  ),
  kind('Slack webhook', 'hooks.slack.com/services/', /(?<secret>T\w{6,}\/B\w{6,}\/\w{20,})/, {
    span: /[\w./]*/y,
  }),
  kind('Discord webhook', '/api/webhooks/', /\d{17,20}\/(?<secret>[\w-]{60,})/, {
    span: /[\w/-]*/y,
    insideWords: true,
  }),
  kind('Telegram bot token', ':AA', /(?<=\d{8,10}:AA)[\w-]{33}(?![\w-])/, {
    span: /[:\w-]*/y,
    insideWords: true,
  }),
  kind('Google API key', 'AIza', /[\w-]{35}(?![\w-])/),
  kind('Google OAuth secret', 'GOCSPX-', /[\w-]{24,}/),
  kind('Google access token', 'ya29.', /[\w-]{30,}/, { span: dottedSpan }),
  kind('Anthropic key', 'sk-ant-', /[\w-]{32,}/),
  kind('OpenAI key', ['sk-proj-', 'sk-svcacct-', 'sk-admin-'], /[\w-]{32,}/),
  kind('OpenRouter key', 'sk-or-v1-', /[0-9a-f]{48,}/),
  kind('API key', 'sk-', /[A-Za-z0-9]{32,}(?![\w-])/),
  kind('Groq key', 'gsk_', /[A-Za-z0-9]{40,}/),
  kind('xAI key', 'xai-', /[A-Za-z0-9]{60,}/),
  kind('Hugging Face token', 'hf_', /[A-Za-z]{34,}/),
  kind('Replicate token', 'r8_', /[A-Za-z0-9]{37}/),
  kind('Stripe key', ['sk_live_', 'rk_live_'], /[A-Za-z0-9]{24,}/),
  kind('Stripe webhook secret', 'whsec_', /[A-Za-z0-9+/]{32,}/, { span: /[\w+/]*/y }),
  kind('Square token', ['sq0csp-', 'sq0atp-'], /[\w-]{22,}/),
  kind('Shopify token', ['shpat_', 'shpss_', 'shpca_', 'shppa_'], /[0-9A-Fa-f]{32}/),
  kind('SendGrid key', 'SG.', /[\w-]{20,24}\.[\w-]{39,50}/, { span: dottedSpan }),
  kind('DigitalOcean token', ['dop_v1_', 'doo_v1_', 'dor_v1_'], /[0-9a-f]{64}/),
  kind('Databricks token', 'dapi', /[0-9a-f]{32}(?![\w])/),
  kind('Vault token', ['hvs.', 'hvb.', 'hvr.'], /[\w-]{24,}/, { span: dottedSpan }),
  kind('Terraform token', '.atlasv1.', /[\w-]{60,}/, { span: dottedSpan, insideWords: true }),
  kind('Grafana token', ['glsa_', 'glc_'], /[A-Za-z0-9+/_=]{32,}/, { span: /[\w+/=]*/y }),
  kind('Linear key', 'lin_api_', /[A-Za-z0-9]{32,}/),
  kind('Notion token', 'ntn_', /[A-Za-z0-9]{40,}/),
  kind('Figma token', ['figd_', 'figo_'], /[\w-]{36,}/),
  kind('Postman key', 'PMAK-', /[0-9a-f]{24}-[0-9a-f]{34}/),
  kind('New Relic key', 'NRAK-', /[A-Z0-9]{27}/),
  kind('Sentry token', ['sntrys_', 'sntryu_'], /[A-Za-z0-9+/=_]{40,}/, { span: /[\w+/=]*/y }),
  kind('Supabase token', ['sbp_', 'sb_secret_'], /[\w-]{30,}/),
  kind('Cloudflare token', ['cfut_', 'cfat_', 'cfk_'], /[A-Za-z0-9]{40}[0-9a-f]{8}/),
  kind('Vercel token', ['vcp_', 'vci_', 'vca_', 'vcr_', 'vck_'], /[A-Za-z0-9]{40,}/),
  kind('Tailscale key', ['tskey-auth-', 'tskey-api-', 'tskey-client-'], /[\w-]{20,}/),
  kind('Doppler token', ['dp.pt.', 'dp.st.', 'dp.sa.'], /[\w.-]{40,}/, { span: dottedSpan }),
  kind('Atlassian token', ['ATATT3', 'ATCTT3'], /[\w=-]{60,}/, { span: /[\w=-]*/y }),
  kind('1Password token', 'ops_eyJ', /[\w-]{100,}/, { longest: 4_096 }),
  kind('Azure key', ['AccountKey=', 'SharedAccessKey='], /(?<secret>[A-Za-z0-9+/]{43,86}={1,2})/, {
    span: /[\w+/=]*/y,
    insideWords: true,
  }),
  kind('age key', 'AGE-SECRET-KEY-1', /[0-9A-Z]{58}/),
  kind('JSON web token', 'eyJ', /[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{16,}/, {
    span: dottedSpan,
    longest: 8_192,
  }),
  kind(
    'private key',
    '-----BEGIN ',
    new RegExp(`${keyTitle}${keyHeaders}${keyLines}{1,400}${keyEnd}(?:-----END [A-Z ]{3,40}-----)?`),
    {
      span: new RegExp(
        `-----BEGIN (?:${keyTitle}${keyHeaders}${keyLines}*${keyEnd}[A-Za-z0-9+/=:, ]*-{0,5}(?:END [A-Z -]*)?|[A-Z ]*-{0,5}$)`,
        'y',
      ),
      longest: 16_384,
      insideWords: true,
    },
  ),
  kind(
    'private key',
    'PuTTY-User-Key-File-',
    /\d: [^\0]{0,4000}?Private-Lines: \d+\s(?:[A-Za-z0-9+/=]+\s*){1,100}/,
    { span: /[^\0]*/y, longest: 16_384 },
  ),
  kind('password in an address', '://', /[^\s:@/?#"'`<>\\]*:(?<secret>[^\s@/"'`<>\\]{3,})@(?=[\w[])/, {
    span: /:\/\/[^\s/"'`<>\\]*/y,
    longest: 512,
    insideWords: true,
  }),
  kind('bearer token', ['Bearer ', 'bearer '], /(?<secret>(?=[\w.~+/-]*\d)[\w.~+/-]{24,}=*)/, {
    span: /[\w.~+/ =-]*/y,
    longest: 8_192,
  }),
];
