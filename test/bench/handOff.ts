// Hand-offs of a big dirty repository, against `git status` in the same run.
import { appendFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { git } from '../demo/sampleProject.ts';
import { calm, ended, World } from '../endToEnd/world.ts';
import { inMs, medianMs, percentile, type Measure } from './measures.ts';

const folderCount = 570;
const filesPerFolder = 100;
const changedCount = 200;
const untrackedCount = 500;
const laterCount = 7;

export async function benchHandOff(): Promise<readonly Measure[]> {
  await using world = await World.make([]);
  await fill(world.project);
  await world.startRunner();
  const connection = await world.connect();
  const statusMs = await medianMs(laterCount, () =>
    git(world.project, ['status', '--porcelain', '--untracked-files=all'], calm),
  );
  // Only the hand-off counts: the task that it makes comes to rest before the next one begins.
  const shipMs = async (): Promise<number> => {
    const startedAt = performance.now();
    const { id } = await world.handOff(connection, { checks: [] });
    const tookMs = performance.now() - startedAt;
    await ended(connection, id);
    return tookMs;
  };
  const firstMs = await shipMs();
  const laterMs: number[] = [];
  const editedMs: number[] = [];
  for (let count = 0; count < laterCount; count += 1) {
    laterMs.push(await shipMs());
    await writeFile(join(world.project, 'f1', '1.txt'), `edit ${count}\n`);
    editedMs.push(await shipMs());
  }
  const [secondMs, thirdMs] = [percentile(laterMs, 0.5), percentile(editedMs, 0.5)];
  const ratio = (ms: number): string => `${(ms / statusMs).toFixed(1)} × git status`;
  return [
    {
      what: `git status (57,000 files, ${changedCount} changed, ${untrackedCount} untracked)`,
      value: inMs(statusMs),
      against: '',
    },
    { what: 'first hand-off', value: inMs(firstMs), against: ratio(firstMs) },
    {
      what: `hand-off again, nothing new, median of ${laterCount}`,
      value: inMs(secondMs),
      against: `${ratio(secondMs)}; target under 500 ms`,
    },
    { what: 'hand-off again, one file edited, likewise', value: inMs(thirdMs), against: ratio(thirdMs) },
  ];
}

async function fill(project: string): Promise<void> {
  for (let folder = 0; folder < folderCount; folder += 1) {
    const path = join(project, `f${folder}`);
    await mkdir(path);
    await Promise.all(
      Array.from({ length: filesPerFolder }, (_, file) =>
        writeFile(join(path, `${file}.txt`), `file ${folder}/${file}\n`.repeat(20)),
      ),
    );
  }
  await git(project, ['add', '-A'], calm);
  await git(project, ['-c', 'gc.auto=0', 'commit', '-q', '-m', 'Many files'], calm);
  // As after a clone; else git would tidy up in the background of what is measured.
  await git(project, ['repack', '-a', '-d', '-q'], calm);
  for (let count = 0; count < changedCount; count += 1)
    await appendFile(join(project, `f${count}`, '0.txt'), 'changed\n');
  for (let count = 0; count < untrackedCount; count += 1)
    await writeFile(join(project, `f${count}`, 'new.txt'), `new ${count}\n`);
}
