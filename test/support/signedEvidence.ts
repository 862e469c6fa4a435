// Evidence as a runner makes it, for any commit, and with any key.
import { createHash, generateKeyPairSync } from 'node:crypto';
import { envelopeOf } from '../../runner/evidence/evidence.ts';
import {
  predicateType,
  statementType,
  type Predicate,
  type Statement,
} from '../../shared/evidence/statement.ts';

export type TestKey = ReturnType<typeof newKey>;

export function newKey() {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const der = publicKey.export({ type: 'spki', format: 'der' });
  const keyid = createHash('sha256').update(der).digest('hex');
  return { privateKey, publicKey: der.toString('base64'), keyid };
}

export interface Evidenced {
  readonly commit: string;
  readonly snapshot: string;
  readonly base: string;
}

export function statementFor(
  { commit, snapshot, base }: Evidenced,
  changes: Partial<Predicate> = {},
): Statement {
  const time = '2026-01-01T00:00:00.000Z';
  const predicate: Predicate = {
    task: { id: 't1', title: 'Fix the cart', specSha256: '0'.repeat(64) },
    ...{ base, snapshot, verdict: 'verified', endReason: 'checksPassed', reasons: ['1 of 1 check passed.'] },
    checks: [
      {
        ...{ name: 'test', command: 'npm test', timeoutMs: 60_000, round: 1, commit },
        ...{ passed: true, exitCode: 0, timedOut: false, durationMs: 5, problems: 0 },
        ...{ startedAt: time, endedAt: time, log: null, baseline: null },
      },
    ],
    criteria: [],
    integrity: null,
    environment: {
      ...{ platform: 'linux', arch: 'x64', release: '6', runner: '1', node: '24', git: '2', sandbox: 'srt' },
      ...{ network: { mode: 'off', hosts: [] }, setUp: null, lockFiles: [] },
    },
    ...{ models: ['scripted'], turns: 1, rounds: 1, costUsd: 0, assumptions: [], accessBlocked: [] },
    usage: { inputTokens: 1, cachedTokens: 0, outputTokens: 1 },
    time: { createdAt: time, endedAt: time },
    ...changes,
  };
  const subject = [{ name: 'shop', digest: { gitCommit: commit } }];
  return { _type: statementType, subject, predicateType, predicate };
}

/** A line of a note. */
export function signed(statement: Statement, key: TestKey): string {
  return JSON.stringify(envelopeOf(statement, key));
}
