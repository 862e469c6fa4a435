// `nightjar checkout ID`: fetches the result of a task and checks it out as a branch of the user's own.
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { KnownError } from '../../../shared/errors/errors.ts';
import { fetchResult } from '../../../shared/client/fetchResult.ts';
import { checkOutInWorktree, checkOutResult } from '../../../shared/repository/checkOut.ts';
import { consentNeeded, inspectResult } from '../../../shared/repository/inspectResult.ts';
import { openRepository } from '../../../shared/repository/openRepository.ts';
import { listPaths } from '../../../shared/repository/pathHazards.ts';
import { branchNameFor } from '../../../shared/task/branchName.ts';
import {
  onRunner,
  printJson,
  printLines,
  requestTask,
  type ClientOptions,
  type CommandHost,
} from '../clientCommand.ts';
import { line } from '../display/line.ts';
import { shortCommit } from '../display/quantities.ts';
import { exitCodes } from '../exitCodes.ts';

interface CheckoutOptions extends ClientOptions {
  readonly repo?: string;
  readonly branch?: string;
  readonly worktree?: string;
  readonly yes?: boolean;
}

export function addCheckoutCommand(program: Command, host: CommandHost): void {
  const command = program
    .command('checkout')
    .description('check the result of a task out as a branch')
    .argument('<id>', 'the id, or how it begins')
    .option('--repo <folder>', 'the repository; else the current folder’s')
    .option('--branch <name>', 'the name of the branch; else nightjar/ and the title')
    .option('--worktree <folder>', 'a new folder for it, where your working tree holds uncommitted work')
    .option('--yes', 'also where files of the branch have something run when the folder is opened');
  onRunner<CheckoutOptions>(host, command, async (session, [id]) => {
    const { connection, surroundings, signal, options } = session;
    const repository = await openRepository(resolve(surroundings.cwd, options.repo ?? '.'), signal);
    const task = await requestTask(session, id);
    const { ref, commit } = await fetchResult({ connection, repository, taskId: task.id }, signal);
    const snapshot = task.snapshot.commit;
    const wanted = { taskId: task.id, branch: options.branch ?? branchNameFor(task), snapshot };
    const concerns = await inspectResult(repository, { snapshot, commit }, signal);
    const unseen = consentNeeded(concerns);
    if (unseen.length > 0 && options.yes !== true)
      throw new KnownError('checkoutUnseen', { files: listPaths(unseen) });
    const folder = options.worktree === undefined ? null : resolve(surroundings.cwd, options.worktree);
    const { branch } =
      folder === null
        ? await checkOutResult(repository, wanted, signal)
        : await checkOutInWorktree(repository, { ...wanted, folder }, signal);
    if (session.isJson)
      printJson(surroundings, { id: task.id, branch, commit, ref, folder: folder ?? repository.root });
    else
      printLines(surroundings, [
        line(`On branch ${branch}`, { mark: '✔', tone: 'good', aside: shortCommit(commit) }),
        ...concerns.unsafeElsewhere.map(({ path, problem }) =>
          line(`On another system, ${path} ${problem}`, { mark: '!', tone: 'attention' }),
        ),
      ]);
    return exitCodes.ok;
  });
}
