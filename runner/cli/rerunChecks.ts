// Runs the checks of believed evidence once more, on this machine, and compares.
import { KnownError } from '../../shared/errors/errors.ts';
import type { CheckEvidence, Predicate } from '../../shared/evidence/statement.ts';
import type { Rehearsal } from '../tasks/rehearsal.ts';
import type { Surroundings } from './surroundings.ts';

export interface ComparedCheck {
  readonly name: string;
  readonly command: string;
  readonly isSame: boolean;
  readonly then: { readonly passed: boolean; readonly exitCode: number };
  /** Null where it could not run: the set-up failed. */
  readonly now: { readonly passed: boolean; readonly exitCode: number } | null;
}

/**
 * Only ever of evidence that a known key signed: its commands run here. They reach as much of the network as they did.
 * Throws KnownError usage where a command was masked, since it holds a secret.
 */
export async function rerunChecks(
  { rehearse, signal, stderr }: Surroundings,
  wanted: {
    readonly root: string;
    readonly commit: string;
    readonly dataFolder: string;
    readonly predicate: Predicate;
  },
): Promise<readonly ComparedCheck[]> {
  const { predicate, ...where } = wanted;
  const { setUp, network } = predicate.environment;
  refuseMasked([setUp ?? '', ...predicate.checks.map(({ command }) => command)]);
  const checks = predicate.checks.map(({ name, command, timeoutMs }) => ({ name, command, timeoutMs }));
  const told = (command: string): void => void stderr.write(`Running ${command}\n`);
  const options = { ...where, setUp, checks, network, onStart: told, watch: () => undefined };
  const rehearsal = await rehearse(options, signal);
  return predicate.checks.map((check) => compared(check, rehearsal));
}

function refuseMasked(commands: readonly string[]): void {
  const masked = commands.find((command) => command.includes('[secret: '));
  if (masked === undefined) return;
  throw new KnownError('usage', { detail: `It can’t be run again, since it holds a secret: ${masked}` });
}

function compared(check: CheckEvidence, rehearsal: Rehearsal): ComparedCheck {
  const { name, command, passed, exitCode } = check;
  const ended = rehearsal.checks.find((other) => other.check.name === name)?.outcome;
  const now = ended === undefined ? null : { passed: ended.passed, exitCode: ended.exitCode };
  // Another exit code of a check that fails both times is the same answer.
  return { name, command, isSame: now?.passed === passed, then: { passed, exitCode }, now };
}
