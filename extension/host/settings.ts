// The extension's settings, each with its type: the only place that reads or writes them.
import * as vscode from 'vscode';
import type { NotificationSetting } from '../model/notificationPolicy.ts';

const section = 'nightjar';

export interface Settings {
  /** Address of the runner; empty for this machine's own. */
  'runner.address': string;
  /** Base URL of the model endpoint that a local runner uses; empty for its default. */
  'runner.modelEndpoint': string;
  /** Model of new tasks; empty for the runner's choice. */
  model: string;
  notifications: NotificationSetting;
  /** Largest untracked file that a hand-off ships, in MB. */
  'handOff.maxUntrackedFileMegabytes': number;
}

/** The value in force; `scope` matters for settings that folders may override. */
export function readSetting<Key extends keyof Settings>(key: Key, scope?: vscode.Uri): Settings[Key] {
  const value = vscode.workspace.getConfiguration(section, scope).get<Settings[Key]>(key);
  if (value === undefined) throw new Error(`The setting ${section}.${key} is missing from the manifest.`);
  return value;
}

/** Writes the user's own value. */
export async function writeSetting<Key extends keyof Settings>(
  key: Key,
  value: Settings[Key],
): Promise<void> {
  await vscode.workspace.getConfiguration(section).update(key, value, vscode.ConfigurationTarget.Global);
}

/** Calls `listener` when one of `keys` has changed. */
export function onSettingChange(keys: readonly (keyof Settings)[], listener: () => void): vscode.Disposable {
  return vscode.workspace.onDidChangeConfiguration((change) => {
    if (keys.some((key) => change.affectsConfiguration(`${section}.${key}`))) listener();
  });
}
