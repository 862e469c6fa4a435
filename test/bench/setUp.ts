// What twenty tasks of one repository take to get their packages: from the set-up cache, beside copies and installs of their own.
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SetUpCache } from '../../runner/workspaces/setUpCache.ts';
import { createStores } from '../../runner/workspaces/stores.ts';
import { createWorkspaces } from '../../runner/workspaces/workspaces.ts';
import { repositoryId, signal, UserRepository } from '../runner/workspaces/userRepository.ts';
import { placeIn, plainSandbox } from '../support/plainSandbox.ts';
import { inMs, type Measure } from './measures.ts';

const tasks = 20;
const packages = 270;
const filesOfPackage = 50;
const fileBytes = 15_500;

/** Each a disk of its own, on which nobody else works meanwhile. */
const disks: readonly (readonly [name: string, make: string])[] = [
  ['ext4', 'mkfs.ext4 -q -F'],
  ['XFS, which shares blocks', 'mkfs.xfs -q -m reflink=1'],
];

export async function benchSetUp(): Promise<readonly Measure[]> {
  const measures: Measure[] = [];
  for (const [name, make] of disks) {
    const folder = await mkdtemp(join(tmpdir(), 'nightjar-set-up-'));
    try {
      if (mountImage(folder, make)) measures.push(...(await measureIn(join(folder, 'work'), name)));
      else measures.push({ what: name, value: '–', against: `needs root, a loop device and ${make}` });
    } finally {
      quietly('umount', folder);
      await rm(folder, { recursive: true, force: true });
      await rm(`${folder}.image`, { force: true });
    }
  }
  return measures;
}

function mountImage(folder: string, make: string): boolean {
  const image = `${folder}.image`;
  return (
    quietly('truncate', '-s', '8G', image) &&
    quietly('sh', '-c', `${make} ${image}`) &&
    quietly('mount', '-o', 'loop', image, folder)
  );
}

function quietly(file: string, ...args: string[]): boolean {
  try {
    execFileSync(file, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

async function measureIn(folder: string, name: string): Promise<readonly Measure[]> {
  await mkdir(folder);
  const packed = join(folder, 'packages.tgz');
  await makePackages(folder, packed);
  const install = `tar -xzf ${packed}`;
  using user = new UserRepository({
    ...{ '.gitignore': 'node_modules\n', 'package.json': '{}\n', 'package-lock.json': '{}\n' },
  });
  const dataFolder = join(folder, 'data');
  await mkdir(dataFolder);
  const refs = user.refs;
  await using sandbox = plainSandbox(dataFolder);
  const author = { name: 'Nightjar', email: 'nightjar@localhost' };
  const workspaces = createWorkspaces({ dataFolder, refs, author, boot: null });
  const said = {
    info: (text: string) => process.stderr.write(`${text}\n`),
    bug: (error: unknown) => {
      throw error;
    },
  };
  const cache = new SetUpCache({ dataFolder, inUse: workspaces.inUse, sandbox, boot: null, log: said });
  await createStores({ dataFolder, refs }).receiveBundle(user.bundle(), signal);
  const commit = user.head();
  const all = async (prefix: string, setUp: (taskId: string) => Promise<unknown>) => {
    const ids = Array.from({ length: tasks }, (_, index) => `${prefix}-${index}`);
    for (const taskId of ids)
      await workspaces.prepare({ taskId, repositoryId, snapshot: commit }, commit, signal);
    const before = await usedBytes(folder);
    const startedAt = performance.now();
    for (const taskId of ids) await setUp(taskId);
    execFileSync('sync', ['-f', folder]);
    const taken = { ms: performance.now() - startedAt, bytes: (await usedBytes(folder)) - before };
    for (const taskId of ids) await workspaces.remove(taskId);
    execFileSync('sync', ['-f', folder]);
    return taken;
  };
  const run = (taskId: string) =>
    sandbox.run({
      ...{ command: install, place: placeIn(workspaces.folderOf(taskId)), timeoutMs: 600_000, signal },
      ...{ logFile: join(folder, 'log'), watch: () => undefined },
    });
  const own = await all('own', run);
  const wanted = {
    command: 'npm ci',
    repositoryId,
    commit,
    isUntouched: true,
    signal,
    watch: () => undefined,
  };
  const cached = await all('cached', (taskId) =>
    cache.share({ ...wanted, place: placeIn(workspaces.folderOf(taskId)) }, () => run(taskId)),
  );
  const files = packages * filesOfPackage;
  return [
    {
      what: `${name}: ${tasks} × ${files} files, unpacked by each`,
      value: inMs(own.ms),
      against: inGB(own.bytes),
    },
    {
      what: `${name}: from the set-up cache`,
      value: inMs(cached.ms),
      against: `${inGB(cached.bytes)}: ${share(cached.ms, own.ms)} of the time, ${share(cached.bytes, own.bytes)} of the disk`,
    },
  ];
}

/** About 200 MB in as many files as the dependencies of a middling web project. */
async function makePackages(folder: string, packed: string): Promise<void> {
  const root = join(folder, 'node_modules');
  for (let one = 0; one < packages; one += 1) {
    const inside = join(root, `package-${one}`);
    await mkdir(inside, { recursive: true });
    for (let file = 0; file < filesOfPackage; file += 1)
      await writeFile(join(inside, `${file}.js`), randomBytes(fileBytes / 2).toString('hex'));
  }
  execFileSync('tar', ['-czf', packed, '-C', folder, 'node_modules']);
  await rm(root, { recursive: true });
}

async function usedBytes(folder: string): Promise<number> {
  const { blocks, bfree, bsize } = await statfs(folder);
  return (blocks - bfree) * bsize;
}

function share(part: number, whole: number): string {
  return `${((part / whole) * 100).toFixed(0)} %`;
}

function inGB(bytes: number): string {
  return `${(bytes / 1e9).toFixed(2)} GB`;
}
