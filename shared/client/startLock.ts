// Keeps two clients from starting a local runner at the same time.
import { mkdir, open, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** Milliseconds after which a lock is left over, whoever holds it: a start takes far less. */
const staleMs = 30_000;

/** Takes the lock of a data folder and returns what frees it; null while another client holds it. */
export async function tryStartLock(dataFolder: string): Promise<AsyncDisposable | null> {
  await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  const file = join(dataFolder, 'start.lock');
  try {
    await using handle = await open(file, 'wx', 0o600);
    await handle.writeFile(String(process.pid));
    return { [Symbol.asyncDispose]: async () => rm(file, { force: true }) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    // The next attempt takes it. Should two clients break it at once, the runner's own lock still lets one runner in.
    if (await isStale(file)) await rm(file, { force: true });
    return null;
  }
}

async function isStale(file: string): Promise<boolean> {
  try {
    const [{ mtimeMs }, text] = await Promise.all([stat(file), readFile(file, 'utf8')]);
    // Empty for a moment, between its making and its writing.
    return Date.now() - mtimeMs > staleMs || (text !== '' && !isRunning(Number(text)));
  } catch {
    // Freed in the meantime.
    return false;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of another user is there too.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
