// Where a machine's local runner keeps its data when nobody says otherwise.
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The absolute default data folder: NIGHTJAR_DATA, else the platform's place for data of a user. */
export function defaultDataFolder(env: Readonly<Record<string, string | undefined>>): string {
  if (env['NIGHTJAR_DATA']) return env['NIGHTJAR_DATA'];
  const home = homedir();
  if (process.platform === 'win32')
    return join(env['LOCALAPPDATA'] ?? join(home, 'AppData', 'Local'), 'nightjar');
  if (env['XDG_DATA_HOME']) return join(env['XDG_DATA_HOME'], 'nightjar');
  if (process.platform === 'darwin') return join(home, 'Library', 'Application Support', 'nightjar');
  return join(home, '.local', 'share', 'nightjar');
}
