// Set-ups of several tasks in real workspaces of one repository, counted, and what of them is kept.
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenSandbox } from '../../../runner/sandbox/sandbox.ts';
import type { SetUpResult, WantedSetUp } from '../../../runner/tasks/ports.ts';
import { SetUpCache, type SetUpCacheOptions } from '../../../runner/workspaces/setUpCache.ts';
import { createStores } from '../../../runner/workspaces/stores.ts';
import { createWorkspaces } from '../../../runner/workspaces/workspaces.ts';
import { placeIn, plainSandbox } from '../../support/plainSandbox.ts';
import { repositoryId, signal, UserRepository } from './userRepository.ts';

/** An install as far as files show it. */
export const install =
  'mkdir -p node_modules/a && echo 1 > node_modules/a/index.js && echo cached > "$HOME/.store"';

const project = {
  '.gitignore': 'node_modules\n',
  'package.json': '{ "name": "shop" }\n',
  'package-lock.json': '{ "lockfileVersion": 3 }\n',
};

export class SetUpWorld implements AsyncDisposable {
  readonly user = new UserRepository(project);
  readonly sandbox: OpenSandbox = plainSandbox(this.user.root);
  readonly workspaces = createWorkspaces({
    ...{ dataFolder: this.user.dataFolder, refs: this.user.refs },
    author: { name: 'Nightjar', email: 'nightjar@localhost' },
    boot: null,
  });
  readonly said: string[] = [];
  readonly bugs: unknown[] = [];
  readonly shown: string[] = [];
  cache = this.open();
  /** Tasks that did the set-up itself. */
  readonly installed: string[] = [];

  open(changes: Partial<SetUpCacheOptions> = {}): SetUpCache {
    return new SetUpCache({
      ...{
        dataFolder: this.user.dataFolder,
        inUse: this.workspaces.inUse,
        sandbox: this.sandbox,
        boot: null,
      },
      log: { info: (text) => this.said.push(text), bug: (error) => this.bugs.push(error) },
      leastFreeBytes: 0,
      ...changes,
    });
  }

  /** A workspace with the user's HEAD, before its set-up. */
  async prepare(taskId: string): Promise<string> {
    mkdirSync(this.user.dataFolder, { recursive: true });
    await createStores(this.user).receiveBundle(this.user.bundle(), signal);
    const commit = this.user.head();
    await this.workspaces.prepare({ taskId, repositoryId, snapshot: commit }, commit, signal);
    return this.workspaces.folderOf(taskId);
  }

  /** The set-up of a prepared task; `does` is what it really runs, `command` what it is called. */
  async setUp(
    taskId: string,
    { does = install, command = 'npm ci', ...changes }: { does?: string } & Partial<WantedSetUp> = {},
  ): Promise<SetUpResult> {
    const place = changes.place ?? placeIn(this.workspaces.folderOf(taskId), { taskId });
    const watch = (text: string): void => void this.shown.push(text);
    const wanted = {
      command,
      place,
      repositoryId,
      commit: this.user.head(),
      isUntouched: true,
      signal,
      watch,
    };
    return this.cache.share({ ...wanted, ...changes }, () => {
      this.installed.push(taskId);
      const logFile = join(this.user.root, `${taskId}.log`);
      return this.sandbox.run({ command: does, place, timeoutMs: 60_000, signal, logFile, watch });
    });
  }

  /** Both, one after the other; whether it was from the cache. */
  async task(taskId: string, options: Parameters<SetUpWorld['setUp']>[1] = {}): Promise<boolean> {
    await this.prepare(taskId);
    return (await this.setUp(taskId, options)).isCached;
  }

  /** Names of what is kept, finished or not. */
  get kept(): readonly string[] {
    const folder = join(this.user.dataFolder, 'setUps', repositoryId);
    return existsSync(folder) ? readdirSync(folder) : [];
  }

  path(taskId: string, ...names: string[]): string {
    return join(this.user.dataFolder, 'workspaces', taskId, ...names);
  }

  write(taskId: string, path: string, text: string): void {
    writeFileSync(this.path(taskId, path), text);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sandbox[Symbol.asyncDispose]();
    this.user[Symbol.dispose]();
  }
}
