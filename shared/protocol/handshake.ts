// How a client gets in: the doors of a runner, and what it answers to those that it refuses.
import { z } from 'zod';
import { isErrorCode } from '../errors/errors.ts';
import type { ErrorCode } from '../errors/catalogue.ts';

/** The door for requests, events and output. */
export const requestPath = '/rpc';
/** The door that tells without a token whether a runner is there. */
export const healthPath = '/healthz';

/** The door for the bytes of one bundle. */
export function bundlePath(transferId: string): string {
  return `/bundles/${transferId}`;
}

/** The transfer that a path asks for; null for any other path. */
export function transferIdOf(path: string): string | null {
  return /^\/bundles\/([a-z0-9-]{8,64})$/.exec(path)?.[1] ?? null;
}

/** The JSON body of a refused login. */
export const refusalSchema = z.object({ code: z.custom<ErrorCode>(isErrorCode) });

/** The JSON body at `healthPath`. */
export const healthSchema = z.object({ name: z.literal('nightjar'), pid: z.int().positive() });
export type Health = z.infer<typeof healthSchema>;
