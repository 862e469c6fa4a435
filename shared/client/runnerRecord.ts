// The file in which a runner tells the clients of its machine where it listens: DATA/runner.json.
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';

const runnerRecordSchema = z.object({
  url: z.string().min(1).max(2_000),
  token: z.string().min(1).max(500),
  /** SHA-256 of its certificate; missing without TLS. */
  fingerprint: z.string().max(200).optional(),
  pid: z.int().positive(),
  version: z.string().max(50),
  startedAt: z.iso.datetime(),
});

export type RunnerRecord = z.infer<typeof runnerRecordSchema>;

/** The record of the runner that uses or used `dataFolder`; null where there is none that can be read. */
export async function readRunnerRecord(dataFolder: string): Promise<RunnerRecord | null> {
  const text = await readFile(recordFile(dataFolder), 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return runnerRecordSchema.parse(JSON.parse(text));
  } catch {
    // A file that isn't a record tells of no runner; the next runner writes it anew.
    return null;
  }
}

/** Writes the record as a whole or not at all, readable by its owner only; makes the folder where needed. */
export async function writeRunnerRecord(dataFolder: string, record: RunnerRecord): Promise<void> {
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  // The folder may have been there with more open rights.
  await chmod(dataFolder, 0o700);
  const draft = `${recordFile(dataFolder)}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(record, null, 2)}\n`, { mode: 0o600 });
  await rename(draft, recordFile(dataFolder));
}

/** Removes the record that the process `pid` wrote; that of another runner stays. */
export async function removeRunnerRecord(dataFolder: string, pid: number): Promise<void> {
  const record = await readRunnerRecord(dataFolder);
  if (record?.pid === pid) await rm(recordFile(dataFolder), { force: true });
}

function recordFile(dataFolder: string): string {
  return join(dataFolder, 'runner.json');
}
