// The append-only event log on sqlite: on disk before anything is shown, folded into tasks at start.
import { randomUUID } from 'node:crypto';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { KnownError } from '../../shared/errors/errors.ts';
import { applyEvent } from '../../shared/task/applyEvent.ts';
import { eventVersion, type Fact, type TaskEvent } from '../../shared/task/events.ts';
import type { Task } from '../../shared/task/task.ts';
import { upcast, type StoredEvent } from '../../shared/task/upcast.ts';
import type { Journal } from '../tasks/ports.ts';
import { claimVersions, refuseNewerFile } from './storeVersion.ts';

const layout = `
  CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    task_id TEXT NOT NULL,
    at TEXT NOT NULL,
    type TEXT NOT NULL,
    version INTEGER NOT NULL,
    data TEXT NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS events_of_task ON events (task_id, seq);
`;

interface Row {
  readonly seq: number;
  readonly task_id: string;
  readonly at: string;
  readonly type: string;
  readonly version: number;
  readonly data: string;
}

interface Statements {
  readonly insert: StatementSync;
  readonly after: StatementSync;
  readonly ofTask: StatementSync;
  readonly forget: StatementSync;
}

/**
 * One file, one process: a second opener gets KnownError `runnerBusy`, a file of a newer
 * version KnownError `dataFolderNewer`, a damaged one KnownError `storeDamaged`.
 */
export class EventStore implements Journal, Disposable {
  readonly #database: DatabaseSync;
  readonly #statements: Statements;
  readonly #tasks = new Map<string, Task>();
  readonly #listeners = new Set<() => void>();
  readonly #mask: (fact: Fact) => Fact;
  #seq = 0;
  /** Stays the same for the life of the file. */
  readonly runnerId: string;

  private constructor(database: DatabaseSync, mask: (fact: Fact) => Fact) {
    this.#database = database;
    this.#mask = mask;
    this.runnerId = metaOf(database, 'runnerId') ?? storeMeta(database, 'runnerId', randomUUID());
    this.#statements = {
      insert: database.prepare(
        'INSERT INTO events (task_id, at, type, version, data) VALUES (?, ?, ?, ?, ?)',
      ),
      after: database.prepare('SELECT * FROM events WHERE seq > ? ORDER BY seq LIMIT ?'),
      ofTask: database.prepare('SELECT * FROM events WHERE task_id = ? AND seq > ? ORDER BY seq LIMIT ?'),
      forget: database.prepare('DELETE FROM events WHERE task_id = ? AND seq < ?'),
    };
    for (const event of this.#all()) this.#fold(event);
  }

  /**
   * Opens or makes the database. `holder` names who may hold it already, for the message; `mask` takes secrets
   * out of every fact before it is written or told.
   */
  static open(
    file: string,
    holder: { readonly path: string; readonly pid: number | string },
    mask: (fact: Fact) => Fact = (fact) => fact,
  ): EventStore {
    let database: DatabaseSync | undefined;
    try {
      refuseNewerFile(file, holder.path);
      database = new DatabaseSync(file);
      database.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;');
      database.exec(`BEGIN EXCLUSIVE; ${layout} COMMIT;`);
      claimVersions(database, holder.path);
      return new EventStore(database, mask);
    } catch (error) {
      database?.close();
      throw openError(error, holder);
    }
  }

  append(taskId: string, facts: readonly Fact[], at: Date): readonly TaskEvent[] {
    const time = at.toISOString();
    const events = this.#inTransaction(() =>
      facts.map(this.#mask).map((fact) => {
        const result = this.#statements.insert.run(
          taskId,
          time,
          fact.type,
          eventVersion,
          JSON.stringify(fact.data),
        );
        return { ...fact, seq: Number(result.lastInsertRowid), taskId, at: time, version: eventVersion };
      }),
    );
    for (const event of events) this.#fold(event);
    for (const listener of this.#listeners) listener();
    return events;
  }

  /** At most `limit` events of a task after `seq`; all of them without a limit. */
  eventsOf(taskId: string, seq: number, limit = -1): readonly TaskEvent[] {
    return (this.#statements.ofTask.all(taskId, seq, limit) as unknown as Row[]).map(eventOf);
  }

  /** At most `limit` events of all tasks after `seq`, in order. */
  eventsAfter(seq: number, limit: number): readonly TaskEvent[] {
    return (this.#statements.after.all(seq, limit) as unknown as Row[]).map(eventOf);
  }

  *eventsSince(at: Date): Iterable<TaskEvent> {
    const rows = this.#database.prepare('SELECT * FROM events WHERE at >= ? ORDER BY seq');
    for (const row of rows.iterate(at.toISOString())) yield eventOf(row as unknown as Row);
  }

  snapshot(): { readonly seq: number; readonly tasks: readonly Task[] } {
    return { seq: this.#seq, tasks: this.tasks() };
  }

  tasks(): readonly Task[] {
    return [...this.#tasks.values()];
  }

  task(taskId: string): Task | undefined {
    return this.#tasks.get(taskId);
  }

  /** Removes a deleted task's events but its last, so that every client still learns of the deletion. */
  forget(taskId: string): void {
    const last = this.eventsOf(taskId, 0).at(-1);
    if (last?.type === 'deleted') this.#statements.forget.run(taskId, last.seq);
  }

  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  [Symbol.dispose](): void {
    this.#listeners.clear();
    this.#database.close();
  }

  #inTransaction<Result>(work: () => Result): Result {
    try {
      this.#database.exec('BEGIN IMMEDIATE');
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw isFull(error)
        ? new KnownError('diskFull', { path: this.#database.location() ?? '' }, error)
        : error;
    }
  }

  *#all(): Iterable<TaskEvent> {
    for (const row of this.#database.prepare('SELECT * FROM events ORDER BY seq').iterate())
      yield eventOf(row as unknown as Row);
  }

  #fold(event: TaskEvent): void {
    this.#seq = event.seq;
    if (event.type === 'deleted') this.#tasks.delete(event.taskId);
    else this.#tasks.set(event.taskId, applyEvent(this.#tasks.get(event.taskId) ?? null, event));
  }
}

function eventOf(row: Row): TaskEvent {
  // What a runner wrote is trusted; a damaged text fails here and names its place.
  const { seq, task_id: taskId, at, type, version } = row;
  return upcast({ seq, taskId, at, version, type, data: JSON.parse(row.data) as StoredEvent['data'] });
}

function metaOf(database: DatabaseSync, name: string): string | null {
  const row = database.prepare('SELECT value FROM meta WHERE name = ?').get(name) as
    { value: string } | undefined;
  return row?.value ?? null;
}

function storeMeta(database: DatabaseSync, name: string, value: string): string {
  database.prepare('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)').run(name, value);
  return value;
}

/** sqlite's own result code, the primary one. Source: https://www.sqlite.org/rescode.html */
function sqliteCode(error: unknown): number | null {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode & 0xff
    : null;
}

const sqliteBusy = 5;
const sqliteIoError = 10;
const sqliteFull = 13;

function isFull(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === sqliteFull || (code === sqliteIoError && /disk/i.test(String(error)));
}

function openError(
  error: unknown,
  holder: { readonly path: string; readonly pid: number | string },
): unknown {
  const code = sqliteCode(error);
  if (error instanceof KnownError || code === null) return error;
  if (code === sqliteBusy) return new KnownError('runnerBusy', holder, error);
  if (isFull(error)) return new KnownError('diskFull', { path: holder.path }, error);
  return new KnownError(
    'storeDamaged',
    { detail: error instanceof Error ? error.message : String(error) },
    error,
  );
}
