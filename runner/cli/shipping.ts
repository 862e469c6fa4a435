// Says what will be shipped, how far shipping is, and what was shipped.
import type { HandOffProgress, Receipt } from '../../shared/client/handOff.ts';
import type { Manifest } from '../../shared/repository/manifest.ts';
import type { SkippedPath, SkipReason } from '../../shared/repository/skipReasons.ts';
import { secretWords } from '../../shared/secrets/secretWords.ts';
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
  looksSecret: 'holds a secret',
  leftOut: 'left out as asked',
};

const insistHint = 'Ship one all the same with --ship-secret PATH';

/** What of the working tree goes along beside the last commit, and what stays behind. */
export function manifestLines(manifest: Manifest): Line[] {
  const { files, untracked, skipped, sizeBytes } = manifest;
  const changed =
    files.length === 0
      ? line('Shipping the last commit; nothing is uncommitted')
      : line(`Shipping the working tree with ${count(files.length, 'uncommitted file')}`, {
          aside: `${size(sizeBytes)}${untracked.count === 0 ? '' : `, ${untracked.count} untracked`}`,
        });
  // Secrets first: what is withheld for them must not hide behind large files.
  const sorted = [...skipped.filter(isWithheld), ...skipped.filter((entry) => !isWithheld(entry))];
  const more = skipped.length - shownSkipped;
  return [
    changed,
    ...sorted.slice(0, shownSkipped).map((entry) =>
      line(`Left out: ${cleanText(entry.path)}`, {
        depth: 1,
        mark: '!',
        tone: 'attention',
        aside: reasonWords(entry),
      }),
    ),
    ...(more > 0 ? [line(`and ${more} more`, { depth: 1, tone: 'quiet' })] : []),
    ...(skipped.some(isWithheld) ? [line(insistHint, { depth: 1, tone: 'quiet' })] : []),
    ...files
      .filter(({ secrets }) => secrets !== undefined)
      .map(({ path, secrets = [] }) =>
        line(`Goes along with a secret: ${cleanText(path)}`, {
          ...{ depth: 1, mark: '!', tone: 'attention' },
          aside: secretWords(secrets),
        }),
      ),
    ...manifest.partlySearched.map((path) =>
      line(`Searched for secrets in its beginning alone: ${cleanText(path)}`, { depth: 1, tone: 'quiet' }),
    ),
  ];
}

/** The withheld files as plain sentences, for where no lines are drawn. */
export function withheldTexts(manifest: Manifest): string[] {
  return manifest.skipped
    .filter(isWithheld)
    .map((entry) => `Left out: ${cleanText(entry.path)} (${reasonWords(entry)}). ${insistHint}.`);
}

function isWithheld({ reason }: SkippedPath): boolean {
  return reason === 'looksSecret';
}

function reasonWords({ reason, secrets }: SkippedPath): string {
  return secrets === undefined ? skipWords[reason] : secretWords(secrets);
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
  const withheld = receipt.skipped.filter(isWithheld).length;
  const forSecrets = withheld === 0 ? '' : `, ${withheld} for secrets`;
  const left =
    receipt.skipped.length === 0 ? '' : `, ${count(receipt.skipped.length, 'file')} left out${forSecrets}`;
  return line(`Shipped ${size(receipt.bundleBytes)} as snapshot ${shortCommit(receipt.snapshot)}`, {
    mark: '✔',
    tone: 'good',
    aside: `sha256 ${receipt.bundleSha256.slice(0, 12)}…${left} · ${duration(receipt.durationMs)}`,
  });
}
