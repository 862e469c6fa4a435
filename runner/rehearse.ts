// Builds what a rehearsal needs of a runner, in a folder of its own that is gone afterwards.
import { randomUUID } from 'node:crypto';
import { mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createBundle } from '../shared/repository/bundle.ts';
import { openRepository, type Repository } from '../shared/repository/openRepository.ts';
import { nightjarRef, readGit } from '../shared/repository/userGit.ts';
import { Masker } from '../shared/secrets/masker.ts';
import { createCheckRunner } from './checks/checkRunner.ts';
import { readConfig } from './config.ts';
import { setUpTimeoutMs } from './engine/checkouts.ts';
import { makeSandbox } from './runner.ts';
import type { Sandbox, SandboxPlace, TaskPlace } from './tasks/ports.ts';
import type { RehearsalOptions, RehearsedCheck, Rehearse } from './tasks/rehearsal.ts';
import { removeFolder } from './workspaces/removeFolder.ts';
import { StoreRefs } from './workspaces/storeRefs.ts';
import { createStores } from './workspaces/stores.ts';
import { createWorkspaces } from './workspaces/workspaces.ts';

export const rehearse: Rehearse = async (options, signal) => {
  await using rehearsed = new AsyncDisposableStack();
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'nightjar-rehearsal-')));
  rehearsed.defer(() => removeFolder(folder));
  const config = await readConfig(options.dataFolder, process.env);
  const masker = new Masker([{ name: 'model key', value: config.endpoint.apiKey ?? '' }]);
  const sandbox = rehearsed.use(makeSandbox(folder, config, masker, [options.dataFolder]));
  const repository = await openRepository(options.root, signal);
  const refs = new StoreRefs();
  const place = { taskId: 'rehearsal', repositoryId: repository.id, snapshot: options.commit };
  await takeIn(repository, { ...place, folder, refs }, signal);
  const workspaces = createWorkspaces({ dataFolder: folder, refs, author: config.author, boot: null });
  await using checkout = await workspaces.openCheckout(place, options.commit, signal);
  const readable = workspaces.borrowedBy(place);
  const sandboxPlace = { taskId: place.taskId, workspace: checkout.folder, readable, secrets: [] };
  const within = { ...sandboxPlace, network: options.network };
  return await runAll(options, { sandbox, place: within, logFile: join(folder, 'output.log') }, signal);
};

async function runAll(
  { setUp, checks, onStart, watch }: RehearsalOptions,
  room: { readonly sandbox: Sandbox; readonly place: SandboxPlace; readonly logFile: string },
  signal: AbortSignal,
): ReturnType<Rehearse> {
  const { sandbox, place, logFile } = room;
  let done = null;
  if (setUp !== null) {
    onStart(setUp);
    done = await sandbox.run({ command: setUp, place, logFile, timeoutMs: setUpTimeoutMs, signal, watch });
    if (done.exitCode !== 0) return { setUp: done, checks: [] };
  }
  const checkRunner = createCheckRunner({ sandbox });
  const ended: RehearsedCheck[] = [];
  for (const check of checks) {
    onStart(check.command);
    ended.push({ check, outcome: await checkRunner.run(check, { place, logFile }, signal, watch) });
  }
  return { setUp: done, checks: ended };
}

/** The commit by itself, without its history, on the way that a hand-off takes: every object is looked at. */
async function takeIn(
  repository: Repository,
  { folder, refs, snapshot: commit }: TaskPlace & { readonly folder: string; readonly refs: StoreRefs },
  signal: AbortSignal,
): Promise<void> {
  const ref = nightjarRef('snapshots', `rehearsal-${randomUUID()}`);
  const file = join(folder, 'commit.bundle');
  const alone = { commit, tree: '', base: commit, previous: null, skipped: [], ref };
  try {
    await readGit(repository.root, ['update-ref', ref, commit], { signal });
    const { shallow } = await createBundle(repository, { snapshot: alone, have: [], file }, signal);
    const shipment = { repositoryId: repository.id, snapshot: commit, ref, shallow, file };
    await createStores({ dataFolder: folder, refs }).receiveBundle(shipment, signal);
  } finally {
    // Also where it was cancelled: git names the commit once, and nothing of it stays.
    await readGit(repository.root, ['update-ref', '-d', ref], { signal: new AbortController().signal });
  }
}
