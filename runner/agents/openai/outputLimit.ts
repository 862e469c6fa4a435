// How requests to a model limit the length of the answer, and what to make of a refusal that is about just that.

export interface OutputLimit {
  readonly parameter: 'max_completion_tokens' | 'max_tokens';
  /** Tokens that the endpoint allows at most; Infinity where nothing is known. */
  readonly most: number;
}

export interface OutputRefusal {
  readonly status: number | undefined;
  /** The parameter that the endpoint names, null where it names none. */
  readonly parameter: string | null;
  /** In the endpoint's words, the status at most in front. */
  readonly message: string;
}

export interface Mending {
  readonly limit: OutputLimit;
  /** False where the limit has to do with the length of this one conversation. */
  readonly lasts: boolean;
}

export const firstOutputLimit: OutputLimit = { parameter: 'max_completion_tokens', most: Infinity };

/** With less no answer is of use, so a smaller number in a message stands for something else. */
const leastTokens = 256;

const named = /max_(completion_|output_|new_)?tokens|maxOutputTokens|maximum (output |completion )?tokens/i;
const unknownParameter =
  /unrecogni[sz]ed|unknown|unsupported|unexpected|not (supported|permitted|allowed)|extra/i;
const tooLarge = /at most|max|large|less|lower|exceed|range|limit/i;

/**
 * How the refused request, which asked for `sentTokens` under `limit`, is to be sent instead; null where that
 * was not what the endpoint minded, or nothing is left to try.
 */
export function mend(limit: OutputLimit, sentTokens: number, refusal: OutputRefusal): Mending | null {
  const { status, parameter } = refusal;
  const message = refusal.message.replace(/^\d{3} /, '');
  if ((status !== 400 && status !== 422) || !named.test(`${parameter ?? ''} ${message}`)) return null;
  const otherName: Mending | null =
    limit.parameter === 'max_tokens' ? null : { limit: { ...limit, parameter: 'max_tokens' }, lasts: true };
  if (unknownParameter.test(message) && otherName !== null) return otherName;
  const room = roomIn(message);
  if (room !== null && isBetween(room, sentTokens)) return { limit: { ...limit, most: room }, lasts: false };
  const most = tooLarge.test(message) ? mostIn(message, sentTokens) : null;
  return most === null ? otherName : { limit: { ...limit, most }, lasts: true };
}

/** What the window still holds, as in `16000 > 8192 - 2000`. */
function roomIn(message: string): number | null {
  const [, window, input] = />\s*(\d+)\s*-\s*(\d+)/.exec(message) ?? [];
  return window === undefined ? null : Number(window) - Number(input);
}

/** The largest number below what was asked for; digits within a name, as a model's, don't count. */
function mostIn(message: string, sentTokens: number): number | null {
  const numbers = [...message.matchAll(/(?<![\w.,-])\d+(?:,\d{3})*(?![\w-]|\.\d)/g)]
    .map(([digits]) => Number(digits.replaceAll(',', '')))
    .filter((number) => isBetween(number, sentTokens));
  if (numbers.length === 0) return null;
  const isBeyond = /exclusive|(less|lower) than (?!or equal)/i.test(message);
  return Math.max(...numbers) - (isBeyond ? 1 : 0);
}

function isBetween(tokens: number, sentTokens: number): boolean {
  return tokens >= leastTokens && tokens < sentTokens;
}
