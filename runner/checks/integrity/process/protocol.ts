// What the runner and the process that reads changes say to each other: a line of JSON each, one inspection after another.
import type { ChangedText, Inspection } from '../../../tasks/ports.ts';

export type InspectionRequest =
  /** A file of the change that `inspect` is about to ask for. */
  | { readonly file: ChangedText }
  | { readonly inspect: true }
  /** The answer to `search`. */
  | { readonly found: readonly { readonly path: string; readonly text: string }[] };

export type InspectionMessage =
  /** The file that is read next: where the process ends, it is the one to be named. */
  | { readonly reading: string }
  | { readonly search: readonly string[] }
  | { readonly inspection: Inspection }
  | { readonly error: string };
