// Which log this code may open: a newer one is refused without a touch.
import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { KnownError } from '../../shared/errors/errors.ts';
import { eventVersion } from '../../shared/task/events.ts';

/** What this code reads and writes: the layout of the database, and the events in it. */
const ourVersions = { storeVersion: 2, eventVersion };

/** Throws KnownError `dataFolderNewer`. The file is only read, as not even opening it would leave it: a log that was not closed is tidied up. */
export function refuseNewerFile(file: string, folder: string): void {
  if (!existsSync(file)) return;
  const untouched = pathToFileURL(file);
  untouched.searchParams.set('immutable', '1');
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(untouched, { readOnly: true });
    refuseNewer(database, folder);
  } catch (error) {
    // Anything else that is wrong with the file will be found when it is opened.
    if (error instanceof KnownError) throw error;
  } finally {
    database?.close();
  }
}

/** From here on an older runner refuses this log. */
export function claimVersions(database: DatabaseSync, folder: string): void {
  refuseNewer(database, folder);
  const isOurs = Object.entries(ourVersions).every(([name, ours]) => versionIn(database, name) === ours);
  if (isOurs) return;
  const claim = database.prepare('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)');
  for (const [name, ours] of Object.entries(ourVersions)) claim.run(name, String(ours));
  // In the file itself, where an older runner looks.
  database.exec('PRAGMA wal_checkpoint(TRUNCATE)');
}

function refuseNewer(database: DatabaseSync, path: string): void {
  for (const [name, ours] of Object.entries(ourVersions)) {
    const theirs = versionIn(database, name);
    if (theirs > ours) throw new KnownError('dataFolderNewer', { path, theirs, ours });
  }
}

/** 0 where none is noted. */
function versionIn(database: DatabaseSync, name: string): number {
  return Number(database.prepare('SELECT value FROM meta WHERE name = ?').get(name)?.['value'] ?? 0);
}
