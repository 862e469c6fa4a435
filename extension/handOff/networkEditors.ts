// The editors of what a task's commands may reach and are given.
import * as vscode from 'vscode';
import { networkFrom, type Network, type NetworkMode } from '../../shared/spec/network.ts';
import { variableNameSchema } from '../../shared/task/events.ts';
import { pickPresent } from '../host/pickPresent.ts';
import type { HandOffDraft } from '../model/handOffDraft.ts';

interface NetworkItem extends vscode.QuickPickItem {
  readonly choice: NetworkMode | 'secrets';
}

const items: readonly NetworkItem[] = [
  { choice: 'off', label: '$(circle-slash) None', detail: 'Commands reach nothing.' },
  {
    choice: 'registries',
    label: '$(package) Package Registries',
    detail: 'Commands can install dependencies, and send nothing elsewhere.',
  },
  {
    choice: 'hosts',
    label: '$(globe) Named Hosts…',
    detail: 'Commands can send your code to these, too.',
  },
  { choice: 'all', label: '$(warning) Everything…', detail: 'Commands can send your code anywhere.' },
  {
    choice: 'secrets',
    label: '$(key) Grant Secrets…',
    detail: 'Environment variables of the runner that commands get, by name.',
  },
];

/** The draft with what the user chose; the same one where the user backs out. */
export async function editNetwork(draft: HandOffDraft): Promise<HandOffDraft> {
  const { chosenNetwork: now } = draft;
  const shown = now.hosts.length > 0 ? 'hosts' : now.mode;
  const picked = await pickPresent(items, {
    title: 'What Commands May Reach',
    ignoreFocusOut: true,
    isPresent: ({ choice }) => choice === shown,
  });
  if (picked === undefined || (picked.choice === shown && shown !== 'hosts')) return draft;
  if (picked.choice === 'secrets') return editSecrets(draft);
  const chosenNetwork = await networkOf(picked.choice, now);
  return chosenNetwork === undefined ? draft : { ...draft, chosenNetwork };
}

async function networkOf(mode: NetworkMode, now: Network): Promise<Network | undefined> {
  if (mode === 'hosts') return askForHosts(now);
  if (mode === 'all' && !(await isOpenedKnowingly())) return undefined;
  return { mode, hosts: [] };
}

async function isOpenedKnowingly(): Promise<boolean> {
  const allow = 'Allow Everything';
  const detail =
    'Whatever the agent reads, in your code or elsewhere, can make it run a command that sends what the workspace holds to any place. Named hosts are enough for most work.';
  const message = 'Let the commands of this task reach the whole network?';
  return (await vscode.window.showWarningMessage(message, { modal: true, detail }, allow)) === allow;
}

async function askForHosts({ mode, hosts }: Network): Promise<Network | undefined> {
  const value = mode === 'hosts' ? hosts : ['registries', ...hosts];
  const text = await vscode.window.showInputBox({
    title: 'Named Hosts',
    value: value.join(', '),
    prompt: 'Names, separated by commas; “registries” stands for the package registries',
    placeHolder: 'registries, api.example.com, *.example.org:8443',
    ignoreFocusOut: true,
    validateInput: (typed) =>
      hostsFrom(typed) === null ? 'Write names of hosts such as api.example.com.' : undefined,
  });
  return text === undefined ? undefined : (hostsFrom(text) ?? undefined);
}

function hostsFrom(text: string): Network | null {
  const network = networkFrom(text.split(','));
  return network?.mode === 'hosts' || network?.mode === 'registries' ? network : null;
}

async function editSecrets(draft: HandOffDraft): Promise<HandOffDraft> {
  const namesIn = (text: string): string[] => [
    ...new Set(text.split(/[\s,]+/).filter((name) => name !== '')),
  ];
  const text = await vscode.window.showInputBox({
    title: 'Grant Secrets',
    value: draft.secrets.join(', '),
    prompt: 'Environment variables that are set where the runner starts, by name; empty for none',
    placeHolder: 'NPM_TOKEN, TEST_DATABASE_URL',
    ignoreFocusOut: true,
    validateInput: (typed) =>
      namesIn(typed).every((name) => variableNameSchema.safeParse(name).success)
        ? undefined
        : 'Write names of variables.',
  });
  return text === undefined ? draft : { ...draft, secrets: namesIn(text) };
}
