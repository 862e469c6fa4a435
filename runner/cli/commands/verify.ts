// `nightjar verify [WHAT]`: checks the evidence of a branch, a commit or a task, without asking anybody.
import { resolve } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import { localKey } from '../../../shared/client/localKey.ts';
import { knownKeys, type KnownKey } from '../../../shared/repository/knownKeys.ts';
import { openRepository, type Repository } from '../../../shared/repository/openRepository.ts';
import { verifyEvidence, type Verification } from '../../../shared/repository/verifyEvidence.ts';
import { printJson, printLines, type CommandHost } from '../clientCommand.ts';
import { verificationLines } from '../display/evidence.ts';
import { cleanText } from '../display/displayWidth.ts';
import { line, type Line } from '../display/line.ts';
import { findEvidenceTarget, type EvidenceTarget } from '../evidenceTarget.ts';
import { exitCodes } from '../exitCodes.ts';
import { dataFolderOf } from '../openConnection.ts';
import { rerunChecks, type ComparedCheck } from '../rerunChecks.ts';
import type { Surroundings } from '../surroundings.ts';

interface VerifyOptions {
  readonly repo?: string;
  readonly data?: string;
  readonly trust: readonly string[];
  readonly rerun?: boolean;
  readonly json?: boolean;
}

const exitCodeHelp = `
Exit codes: 0 the evidence is sound, signed by a known runner, and says “verified” (with --rerun: and its checks
end the same again); 1 it says less, is not to be believed, or the checks end otherwise; 2 usage; 5 sound, but
signed by a key that nobody here knows; 6 no evidence for this very commit.`;

export function addVerifyCommand(program: Command, host: CommandHost): void {
  const command = program
    .command('verify')
    .description('check the signed evidence of a branch, a commit or a task; needs no runner and no network')
    .argument('[what]', 'a branch, a commit or the id of a task; else what is checked out')
    .option('--repo <folder>', 'the repository; else the current folder’s')
    .option('--data <folder>', 'the data folder of the local runner, whose key is known')
    .option('--trust <key>', 'a runner’s key (SHA-256) that counts as known, too', collectKey, [])
    .option('--rerun', 'run the checks again here, in the sandbox, on a clean checkout of the commit')
    .option('--json', 'print JSON for other programs')
    .addHelpText('after', exitCodeHelp);
  command.action(async () => {
    host.exitCode = await verify(command.args[0] ?? 'HEAD', command.opts<VerifyOptions>(), host.surroundings);
  });
}

function collectKey(value: string, earlier: readonly string[]): readonly string[] {
  const keyid = value.toLowerCase().replaceAll(':', '');
  if (/^[0-9a-f]{64}$/.test(keyid)) return [...earlier, keyid];
  throw new InvalidArgumentError('It has to be a SHA-256 of 64 hexadecimal digits.');
}

async function verify(name: string, options: VerifyOptions, surroundings: Surroundings): Promise<number> {
  const { signal, cwd } = surroundings;
  const repository = await openRepository(resolve(cwd, options.repo ?? '.'), signal);
  const target = await findEvidenceTarget(repository, name, signal);
  const keys = await keysFor(repository, options, surroundings);
  const found = await verifyEvidence(repository, { ...target, keys }, signal);
  const exitCode = exitCodeOf(found);
  const isRerun = options.rerun === true && isBelieved(found);
  const rerun = isRerun ? await rerunAll(repository, found, options, surroundings) : [];
  if (options.json === true) printJson(surroundings, verificationObject(target, found, exitCode, rerun));
  else {
    const unrun = options.rerun === true && !isRerun ? [nothingRun] : [];
    printLines(surroundings, [...verificationLines(found, target.name), ...rerunLines(rerun), ...unrun]);
  }
  return exitCode === exitCodes.ok && rerun.some(({ isSame }) => !isSame) ? exitCodes.failed : exitCode;
}

async function keysFor(
  repository: Repository,
  options: VerifyOptions,
  surroundings: Surroundings,
): Promise<readonly KnownKey[]> {
  return [
    ...(await localKey(dataFolderOf(options, surroundings))),
    ...(await knownKeys(repository, surroundings.signal)),
    ...options.trust.map((keyid) => ({ keyid, address: 'the key that you trust' })),
  ];
}

/** What is wrong with any of it counts: whoever puts more evidence beside the true one gains nothing. */
function exitCodeOf({ evidenced, unproved, reports }: Verification): number {
  if (evidenced === null || reports.length === 0) return exitCodes.unproved;
  if (reports.some(({ flaws }) => flaws.length > 0)) return exitCodes.failed;
  if (reports.some(({ signer }) => signer === null)) return exitCodes.unknownSigner;
  if (unproved > 0) return exitCodes.unproved;
  return reports.every(({ predicate }) => predicate?.verdict === 'verified')
    ? exitCodes.ok
    : exitCodes.failed;
}

/** Commands of evidence are run only where somebody known has signed them. */
function isBelieved({ reports }: Verification): boolean {
  return reports.length > 0 && reports.every(({ flaws, signer }) => flaws.length === 0 && signer !== null);
}

const nothingRun = line('Nothing was run again: that takes sound evidence, signed by a known key', {
  mark: '!',
  tone: 'attention',
});

async function rerunAll(
  { root }: Repository,
  { evidenced, reports }: Verification,
  options: VerifyOptions,
  surroundings: Surroundings,
): Promise<readonly ComparedCheck[]> {
  const dataFolder = dataFolderOf(options, surroundings);
  const compared: ComparedCheck[] = [];
  for (const { predicate } of reports) {
    if (predicate === null || evidenced === null) continue;
    const wanted = { root, commit: evidenced, dataFolder, predicate };
    compared.push(...(await rerunChecks(surroundings, wanted)));
  }
  return compared;
}

function rerunLines(checks: readonly ComparedCheck[]): Line[] {
  if (checks.length === 0) return [];
  return [
    line('Run again here', { tone: 'heading' }),
    ...checks.map(({ name, isSame, then, now }) => {
      const shown = now === null ? 'the set-up failed' : `exit code ${now.exitCode}`;
      return line(cleanText(name), {
        depth: 1,
        ...(isSame ? { mark: '=', tone: 'good' as const } : { mark: '≠', tone: 'bad' as const }),
        aside: isSame ? `the same: ${shown}` : `${shown}, and ${then.exitCode} then`,
      });
    }),
  ];
}

/** A promise to scripts: fields are only ever added. */
function verificationObject(
  target: EvidenceTarget,
  { tip, evidenced, unproved, reports }: Verification,
  exitCode: number,
  rerun: readonly ComparedCheck[],
) {
  return {
    ok: exitCode === exitCodes.ok && rerun.every(({ isSame }) => isSame),
    ...{ commit: tip, evidenced, unproved, task: target.taskId },
    evidence: reports.map(({ flaws, keyid, signer, predicate }) => ({
      isSound: flaws.length === 0,
      flaws,
      key: keyid === null ? null : { keyid, isKnown: signer !== null, address: signer?.address ?? null },
      predicate,
    })),
    rerun,
  };
}
