// Which run of the machine this is: files that were written in an earlier one may have lost their end with it.
import { readFile } from 'node:fs/promises';
import { runProcess } from '../../shared/host/processes.ts';

/** A name that changes with every start of the machine; null where the machine gives none. Sources: random(4), sysctl(8) of macOS. */
export async function currentBoot(): Promise<string | null> {
  const name = process.platform === 'darwin' ? await bootOfMac() : await bootOfLinux();
  return /^[\da-f-]{8,64}$/i.test(name) ? name : null;
}

async function bootOfLinux(): Promise<string> {
  return readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(
    (text) => text.trim(),
    () => '',
  );
}

async function bootOfMac(): Promise<string> {
  const asked = runProcess({
    file: 'sysctl',
    args: ['-n', 'kern.bootsessionuuid'],
    env: { PATH: `${process.env['PATH'] ?? ''}:/usr/sbin` },
    signal: AbortSignal.timeout(10_000),
  });
  return asked.then(
    ({ stdout }) => stdout.toString().trim(),
    () => '',
  );
}
