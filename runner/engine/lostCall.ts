// A failure that leaves open whether the step's model call is charged for.
import type { KnownError } from '../../shared/errors/errors.ts';

/** What was set aside for the call, if the step made one, counts as spent. */
export class LostCall extends Error {
  override readonly name = 'LostCall';
  readonly known: KnownError;

  constructor(known: KnownError) {
    super(known.message, { cause: known });
    this.known = known;
  }
}
