// Says what will be shipped, how far shipping is, and what was shipped.
import type { HandOffProgress, Receipt } from '../../shared/client/handOff.ts';
import type { Manifest } from '../../shared/repository/manifest.ts';
import type { SkipReason } from '../../shared/repository/skipReasons.ts';
import { cleanText } from './display/displayWidth.ts';
import { line, type Line } from './display/line.ts';
import { count, duration, shortCommit, size } from './display/quantities.ts';
import type { PreparedHandOff } from './draftHandOff.ts';

const shownSkipped = 8;

const skipWords: Readonly<Record<SkipReason, string>> = {
  tooLarge: 'too large',
  unreadable: 'not readable',
  nestedRepository: 'a repository of its own',
  submodule: 'a submodule: its committed state goes along',
  looksSecret: 'looks like a secret',
  leftOut: 'left out as asked',
};

/** What of the working tree goes along beside the last commit, and what stays behind. */
export function manifestLines(manifest: Manifest): Line[] {
  const { files, untracked, skipped, sizeBytes } = manifest;
  const changed =
    files.length === 0
      ? line('Shipping the last commit; nothing is uncommitted')
      : line(`Shipping the working tree with ${count(files.length, 'uncommitted file')}`, {
          aside: `${size(sizeBytes)}${untracked.count === 0 ? '' : `, ${untracked.count} untracked`}`,
        });
  const more = skipped.length - shownSkipped;
  return [
    changed,
    ...skipped.slice(0, shownSkipped).map(({ path, reason }) =>
      line(`Left out: ${cleanText(path)}`, {
        depth: 1,
        mark: '!',
        tone: 'attention',
        aside: skipWords[reason],
      }),
    ),
    ...(more > 0 ? [line(`and ${more} more`, { depth: 1, tone: 'quiet' })] : []),
  ];
}

/** Which checks decide, and who said so. */
export function checksLine({ draft, checksFrom }: PreparedHandOff): Line {
  if (draft.checks.length === 0) {
    const aside = 'the result will be unverified; name one with --check';
    return line('No checks', { mark: '!', tone: 'attention', aside });
  }
  const commands = draft.checks.map(({ command }) => cleanText(command)).join(' · ');
  return line(`Checks: ${commands}`, { aside: `from ${checksFrom}` });
}

/** The step of a hand-off in a few words. */
export function progressWords(progress: HandOffProgress): string {
  switch (progress.step) {
    case 'snapshot':
      return 'Recording the working tree';
    case 'negotiate':
      return 'Asking what the runner has already';
    case 'bundle':
      return 'Bundling what it lacks';
    case 'ship':
      return `Shipping ${size(progress.sentBytes)} of ${size(progress.totalBytes)}`;
    case 'create':
      return 'Starting the task';
  }
}

/** What arrived. */
export function receiptLine(receipt: Receipt): Line {
  const left = receipt.skipped.length === 0 ? '' : `, ${count(receipt.skipped.length, 'file')} left out`;
  return line(`Shipped ${size(receipt.bundleBytes)} as snapshot ${shortCommit(receipt.snapshot)}`, {
    mark: '✔',
    tone: 'good',
    aside: `sha256 ${receipt.bundleSha256.slice(0, 12)}…${left} · ${duration(receipt.durationMs)}`,
  });
}
