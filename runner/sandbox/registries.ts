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

const answerSchema = z.object({ askedAt: z.number(), hosts: z.array(z.string()) });

/** The hosts, asked once a day for all who want to know. */
export class Registries {
  readonly #named: readonly string[] | null;
  readonly #file: string;
  #hosts: Promise<readonly string[]> | null = null;

  /** `named`: what the runner's owner says instead; `file`: absolute, keeps the answer. */
  constructor(named: readonly string[] | null, file: string) {
    this.#named = named;
    this.#file = file;
  }

  readonly hosts = async (signal: AbortSignal): Promise<readonly string[]> => {
    if (this.#named !== null) return this.#named;
    this.#hosts ??= keptOrAsked(this.#file);
    const hosts = await this.#hosts;
    signal.throwIfAborted();
    return hosts;
  };
}

async function keptOrAsked(file: string): Promise<readonly string[]> {
  const kept = await readKept(file);
  if (kept !== null) return kept;
  const hosts = await askAll();
  // Without it the next runner asks again.
  await writeFile(file, JSON.stringify({ askedAt: Date.now(), hosts }), { mode: 0o600 }).catch(
    () => undefined,
  );
  return hosts;
}

async function readKept(file: string): Promise<readonly string[] | null> {
  try {
    const { askedAt, hosts } = answerSchema.parse(JSON.parse(await readFile(file, 'utf8')));
    return Date.now() - askedAt < keptMs ? hosts : null;
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
  const addresses = text.match(/https?:\/\/[^\s,'"|]+/g) ?? [];
  const named = addresses.filter((address) => URL.canParse(address)).map((address) => new URL(address).host);
  // `sum.example.org` and its like, as Go names the server of its checksums.
  const bare = /^(?:[a-z0-9-]+\.)+[a-z]{2,}$/gim;
  return [...named, ...(text.match(bare) ?? [])].filter((host) => host !== '');
}
