// The states of a connection as a table: what follows from what, and how long it waits.
import assert from 'node:assert/strict';
import {
  atRest,
  nextProgress,
  type ConnectionProgress,
  type ConnectionStep,
  type InitializeResult,
} from '../../../shared/client/connectionState.ts';
import { KnownError } from '../../../shared/errors/errors.ts';

const runner: InitializeResult = {
  protocolVersion: 1,
  runnerVersion: '1',
  runnerId: 'r',
  pid: 1,
  sandbox: 'none',
  model: null,
};
const lost = new KnownError('connectionLost');
const wrong = new KnownError('tokenWrong', { address: 'ws://x' });
const failed = (error: KnownError, chance = 1): ConnectionStep => ({
  kind: 'failed',
  error,
  nowMs: 1_000,
  chance,
});
const connecting: ConnectionProgress = { state: { kind: 'connecting' }, failures: 3 };
const connected: ConnectionProgress = { state: { kind: 'connected', runner }, failures: 0 };

const table: readonly {
  readonly name: string;
  readonly from: ConnectionProgress;
  readonly step: ConnectionStep;
  readonly isPersistent?: boolean;
  readonly to: ConnectionProgress;
}[] = [
  {
    name: 'an attempt connects',
    from: atRest,
    step: { kind: 'attempted' },
    to: { state: { kind: 'connecting' }, failures: 0 },
  },
  {
    name: 'an attempt keeps the count of failures',
    from: { state: { kind: 'waiting', retryAtMs: 5, error: lost }, failures: 2 },
    step: { kind: 'attempted' },
    to: { state: { kind: 'connecting' }, failures: 2 },
  },
  {
    name: 'a success forgets the failures',
    from: connecting,
    step: { kind: 'connected', runner },
    to: connected,
  },
  {
    name: 'a first failure waits 250 ms',
    from: connected,
    step: failed(lost),
    to: { state: { kind: 'waiting', retryAtMs: 1_250, error: lost }, failures: 1 },
  },
  {
    name: 'chance shortens the wait to half at most',
    from: connected,
    step: failed(lost, 0),
    to: { state: { kind: 'waiting', retryAtMs: 1_125, error: lost }, failures: 1 },
  },
  {
    name: 'further failures wait longer',
    from: connecting,
    step: failed(lost),
    to: { state: { kind: 'waiting', retryAtMs: 3_000, error: lost }, failures: 4 },
  },
  {
    name: 'no failure waits longer than 15 s',
    from: { ...connecting, failures: 2_000 },
    step: failed(lost),
    to: { state: { kind: 'waiting', retryAtMs: 16_000, error: lost }, failures: 2_001 },
  },
  {
    name: 'what no retry can mend closes',
    from: connecting,
    step: failed(wrong),
    to: { state: { kind: 'closed', error: wrong }, failures: 0 },
  },
  {
    name: 'any failure closes what is not persistent',
    from: connected,
    step: failed(lost),
    isPersistent: false,
    to: { state: { kind: 'closed', error: lost }, failures: 0 },
  },
  { name: 'leaving closes without an error', from: connected, step: { kind: 'left' }, to: atRest },
];

describe('connection state', () => {
  for (const { name, from, step, isPersistent = true, to } of table) {
    it(name, () => assert.deepEqual(nextProgress(from, step, isPersistent), to));
  }
});
