// Where this machine's package managers fetch packages, as they say themselves: a company's mirror is found like the public one.
import { readFile, writeFile } from 'node:fs/promises';
import { z } from 'zod';
import { runProcess } from '../../shared/host/processes.ts';

/** A package manager and a question whose answer has the addresses it fetches from. */
interface Manager {
  readonly file: string;
  readonly args: readonly string[];
}

const managers: readonly Manager[] = [
  { file: 'npm', args: ['config', 'get', 'registry'] },
  {
    file: 'python3',
    args: [
      '-c',
      'from pip._internal.models.index import PyPI as p; print(p.simple_url, "https://" + p.file_storage_domain)',
    ],
  },
  { file: 'python3', args: ['-m', 'pip', 'config', 'list'] },
  { file: 'go', args: ['env', 'GOPROXY', 'GOSUMDB'] },
  { file: 'gem', args: ['sources', '--list'] },
];

const timeoutMs = 10_000;

/** Milliseconds for which an answer counts: asking takes seconds of other programs' time. */
const keptMs = 24 * 3_600_000;

const answerSchema = z.object({ askedAt: z.number(), hosts: z.array(z.string()).readonly() });
type Answer = z.infer<typeof answerSchema>;

/** The hosts, asked once a day for all who want to know. */
export class Registries {
  readonly #named: readonly string[] | null;
  readonly #file: string;
  readonly #now: () => number;
  #answer: Promise<Answer> | null = null;

  /** `named`: what the runner's owner says instead; `file`: absolute, keeps the answer. */
  constructor(named: readonly string[] | null, file: string, now: () => number = Date.now) {
    this.#named = named;
    this.#file = file;
    this.#now = now;
  }

  readonly hosts = async (signal: AbortSignal): Promise<readonly string[]> => {
    if (this.#named !== null) return this.#named;
    const hosts = await this.#keptOrAsked();
    signal.throwIfAborted();
    return hosts;
  };

  async #keptOrAsked(): Promise<readonly string[]> {
    const asked = (this.#answer ??= this.#readOrAsk());
    const { askedAt, hosts } = await asked;
    if (this.#isFresh(askedAt)) return hosts;
    // A runner may run for months. Of all who wait for the old answer the first one asks.
    if (this.#answer === asked) this.#answer = this.#readOrAsk();
    return (await this.#answer).hosts;
  }

  async #readOrAsk(): Promise<Answer> {
    const kept = await readKept(this.#file);
    if (kept !== null && this.#isFresh(kept.askedAt)) return kept;
    const answer = { askedAt: this.#now(), hosts: await askAll() };
    // Without it the next runner asks again.
    await writeFile(this.#file, JSON.stringify(answer), { mode: 0o600 }).catch(() => undefined);
    return answer;
  }

  #isFresh(askedAt: number): boolean {
    return this.#now() - askedAt < keptMs;
  }
}

async function readKept(file: string): Promise<Answer | null> {
  try {
    return answerSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return null;
  }
}

async function askAll(): Promise<readonly string[]> {
  const answers = await Promise.all(managers.map(answerOf));
  return [...new Set(answers.flatMap(hostsIn))];
}

/** Empty where the package manager is not there, or does not know. */
async function answerOf({ file, args }: Manager): Promise<string> {
  const { PATH, HOME } = process.env;
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const { stdout } = await runProcess({ file, args, env: { PATH, HOME, LC_ALL: 'C' }, cwd: '/', signal });
    return stdout.toString();
  } catch {
    return '';
  }
}

/** The hosts of all addresses in a text, ports kept. */
export function hostsIn(text: string): string[] {
  const addresses = text.match(/https?:\/\/[^\s,'"|]+/gi) ?? [];
  const named = addresses.filter((address) => URL.canParse(address)).map((address) => new URL(address).host);
  // `sum.example.org` and its like, as Go names the server of its checksums.
  const bare = /^(?:[a-z0-9-]+\.)+[a-z]{2,}$/gim;
  return [...new Set([...named, ...(text.match(bare) ?? [])])].filter(canBeAllowed);
}

/** The sandbox allows no name of one word but this, and one such host must not take all others along. */
function canBeAllowed(host: string): boolean {
  return /[.[]|^localhost(:|$)/.test(host);
}
