// What evidence says, for a person: whether to believe it, the verdict, and what it rests on.
import type { CheckEvidence, Predicate } from '../../../shared/evidence/statement.ts';
import type {
  EvidenceFlaw,
  EvidenceReport,
  Verification,
} from '../../../shared/repository/verifyEvidence.ts';
import { flakyText } from '../../../shared/task/proof.ts';
import { cleanText } from './displayWidth.ts';
import { line, type Line } from './line.ts';
import { verdictLine } from './narrateEnd.ts';
import { criterionLine, inspectionLines } from './proofLines.ts';
import { cost, count, duration, moment, shortCommit, tokens } from './quantities.ts';

const flawWords: Readonly<Record<EvidenceFlaw, string>> = {
  unreadable: 'It can’t be read as evidence',
  signatureWrong: 'Its signature is not over what it says: something was changed',
  keyIdWrong: 'The key that came along is not the one that it names',
  otherForm: 'It has a form that this version of Nightjar does not know',
  otherCommit: 'It speaks of another commit',
  baseMissing: 'The commit that the work started from is not in this repository',
  snapshotMissing: 'The snapshot that was handed off is not in this repository',
  otherHistory: 'The commit does not come from the snapshot that it names',
};

/** The whole answer to `nightjar verify`. `name`: what was asked for. */
export function verificationLines({ tip, evidenced, unproved, reports }: Verification, name: string): Line[] {
  if (evidenced === null || reports.length === 0)
    return [
      line(`There is no evidence for ${cleanText(name)}`, { ...attention, aside: shortCommit(tip) }),
      line('A task’s evidence comes with its result: nightjar checkout ID', { depth: 1, tone: 'quiet' }),
    ];
  return [
    ...(unproved === 0
      ? []
      : [
          line(`${count(unproved, 'commit')} after the evidence: nothing proves them`, {
            ...attention,
            aside: `${shortCommit(evidenced)} is proved, ${cleanText(name)} is at ${shortCommit(tip)}`,
          }),
        ]),
    ...reports.flatMap((report) => reportLines(report, evidenced)),
  ];
}

const attention = { mark: '!', tone: 'attention' } as const;
const bad = { mark: '✖', tone: 'bad' } as const;

function reportLines({ flaws, keyid, signer, predicate }: EvidenceReport, commit: string): Line[] {
  if (flaws.length > 0)
    return [
      line('The evidence is not to be believed', { ...bad, aside: shortCommit(commit) }),
      ...flaws.map((flaw) => line(flawWords[flaw], { depth: 1 })),
    ];
  if (predicate === null || keyid === null) return [];
  const whose =
    signer === null
      ? [
          line('Nobody here knows the key that signed this: anybody may have made it', attention),
          line(`If it is your runner’s, verify with --trust ${keyid}`, { depth: 1, tone: 'quiet' }),
        ]
      : [
          line(`Signed by ${cleanText(signer.address)}`, {
            mark: '✔',
            tone: 'good',
            aside: keyid.slice(0, 16),
          }),
        ];
  return [
    verdictLine(predicate.verdict, {
      aside: shortCommit(commit),
      findings: predicate.integrity?.findings.length ?? 0,
    }),
    ...whose,
    ...predicateLines(predicate),
  ];
}

function predicateLines(predicate: Predicate): Line[] {
  const { task, models, turns, usage, costUsd, time, environment } = predicate;
  const quiet = { depth: 1, tone: 'quiet' } as const;
  const used = [count(turns, 'turn'), tokens(usage.inputTokens + usage.outputTokens), cost(costUsd)];
  const { platform, arch, sandbox, runner } = environment;
  return [
    line(cleanText(`${task.title} (${task.id})`), quiet),
    line(cleanText(`${moment(time.endedAt)}, ${models.join(', ')}, ${used.join(', ')}`), quiet),
    line(cleanText(`Nightjar ${runner} on ${platform} ${arch}, sandbox: ${sandbox}`), quiet),
    ...section('Checks', predicate.checks.map(checkLine)),
    ...section(
      'Criteria',
      predicate.criteria.map((criterion) => criterionLine(criterion, predicate.verdict !== 'unverified')),
    ),
    ...section(
      'Integrity of the tests',
      predicate.integrity === null ? [] : inspectionLines(predicate.integrity, 'Nothing found in the tests'),
    ),
    ...section(
      'Assumptions, since nobody answered',
      predicate.assumptions.map(({ question, answer }) =>
        line(cleanText(question), { depth: 1, mark: '?', tone: 'attention', aside: cleanText(answer) }),
      ),
    ),
    ...section(
      'Kept from the network',
      predicate.accessBlocked.map(({ host, count: times }) =>
        line(cleanText(host), { depth: 1, mark: '!', tone: 'attention', aside: count(times, 'time') }),
      ),
    ),
  ];
}

function section(title: string, lines: readonly Line[]): Line[] {
  return lines.length === 0 ? [] : [line(title, { tone: 'heading' }), ...lines];
}

function checkLine(check: CheckEvidence): Line {
  const facts = [
    check.name === check.command ? '' : check.command,
    check.timedOut ? 'took too long' : `exit code ${check.exitCode}`,
    duration(check.durationMs),
    check.baseline?.passed === false ? 'failed before' : '',
    check.flakyRuns === undefined ? '' : flakyText(check.flakyRuns),
    hashed('log', check.log),
    hashed('image', check.image),
  ];
  const passed = { mark: '✔', tone: check.flakyRuns === undefined ? 'good' : 'attention' } as const;
  const signs = check.passed ? passed : bad;
  return line(cleanText(check.name), {
    depth: 1,
    ...signs,
    aside: cleanText(facts.filter(Boolean).join(' · ')),
  });
}

function hashed(what: string, file: CheckEvidence['log'] | CheckEvidence['image']): string {
  const sha256 = file?.sha256 ?? null;
  return sha256 === null ? '' : `${what} ${sha256.slice(0, 12)}`;
}
