// Says what a task's commands may reach, what they were kept from, and what allows more.
import { isBeyondRegistries, isHost, networkWords, type Network } from '../../../shared/spec/network.ts';
import type { BlockedHost, EventData, SandboxProvider } from '../../../shared/task/events.ts';
import type { Task } from '../../../shared/task/task.ts';
import { cleanText } from './displayWidth.ts';
import { line, type Line } from './line.ts';

/** What of a hand-off is about the network. */
interface NetworkChoice {
  readonly network: Network;
  /** Who took something from what the user chose. */
  readonly narrowedBy: readonly string[];
  readonly draft: { readonly secrets?: readonly string[] };
}

/** What the commands of a task may reach and are given, before it is handed off. */
export function networkLines({ network, narrowedBy, draft: { secrets = [] } }: NetworkChoice): Line[] {
  const aside = narrowedBy.length === 0 ? '' : `narrowed by ${narrowedBy.join(' and ')}`;
  const text = `Network: ${networkWords(network)}`;
  const given = `Commands are given the secrets ${secrets.join(', ')}`;
  return [
    isBeyondRegistries(network) ? line(text, { mark: '!', tone: 'attention', aside }) : line(text, { aside }),
    ...(secrets.length === 0 ? [] : [line(given, { mark: '!', tone: 'attention' })]),
  ];
}

/** The same as plain sentences, of what somebody should notice alone. */
export function networkTexts(choice: NetworkChoice): string[] {
  const noted = networkLines(choice).filter(({ mark, aside }) => mark !== '' || aside !== '');
  return noted.map(({ text, aside }) => (aside === '' ? `${text}.` : `${text} (${aside}).`));
}

const unsandboxed = 'Unsandboxed: commands can reach all that the runner’s user can';

/** No lines where commands run in a sandbox. */
export function sandboxLines(sandbox: SandboxProvider): Line[] {
  return sandbox === 'none' ? [line(unsandboxed, { mark: '!', tone: 'attention' })] : [];
}

/** Network and sandbox of a task, what was blocked, and how to allow it. */
export function accessLines({ id, network, sandbox, blocked }: Task): Line[] {
  const words = `Network: ${networkWords(network)}`;
  if (sandbox === 'none') return sandboxLines(sandbox);
  const within = sandbox === 'external' ? 'as the runner’s own sandbox has it' : 'in a sandbox';
  const isOpen = isBeyondRegistries(network);
  return [
    line(words, { depth: 1, tone: isOpen ? 'attention' : 'quiet', aside: within }),
    ...(blocked.length === 0 ? [] : blockedLines(id, blocked)),
  ];
}

function blockedLines(id: string, blocked: readonly BlockedHost[]): Line[] {
  const hosts = blocked.map(({ host }) => host).filter(isHost);
  return [
    line(`The sandbox blocked: ${blockedNames(blocked)}`, { mark: '!', tone: 'attention' }),
    ...(hosts.length === 0
      ? []
      : [line(`Allow with: nightjar allow ${id} ${hosts.join(' ')}`, { depth: 1, tone: 'quiet' })]),
  ];
}

/** Each host, and how often where it was more than once. */
function blockedNames(blocked: readonly BlockedHost[]): string {
  const names = blocked.map(({ host, count }) => (count === 1 ? host : `${host} (${count} times)`));
  return cleanText(names.join(', '));
}

export function accessBlocked({ hosts }: EventData<'accessBlocked'>): Line {
  return line(`The sandbox blocked: ${blockedNames(hosts)}`, { depth: 2, mark: '!', tone: 'attention' });
}

export function networkAllowed({ hosts }: EventData<'networkAllowed'>): Line {
  return line(`You allowed ${hosts.join(', ')}`, {
    ...{ depth: 1, mark: '»', tone: 'accent' },
    aside: 'from the next command',
  });
}

export function sandboxChanged({ sandbox }: EventData<'sandboxChanged'>): Line {
  return sandbox === 'none'
    ? line('Goes on without a sandbox: the runner was started so', { mark: '!', tone: 'bad' })
    : line('Goes on inside a sandbox', { tone: 'quiet' });
}
