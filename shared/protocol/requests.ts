// The contract between clients and a runner: every request with its parameters and result.
import { z } from 'zod';
import { imageNameSchema } from '../task/checkRun.ts';
import { editorContextSchema } from '../task/context.ts';
import { taskEventSchema } from '../task/eventSchema.ts';
import {
  commitIdSchema,
  prioritySchema,
  repositorySchema,
  sandboxSchema,
  snapshotSchema,
  taskIdSchema,
  variableNameSchema,
} from '../task/events.ts';
import { protectedPathsSchema } from '../spec/protectedPaths.ts';
import { budgetSchema, checkSchema, hostSchema, networkSchema, specSchema } from '../spec/spec.ts';
import { taskSchema } from '../task/task.ts';
import { diskSchema } from './disk.ts';
import { queueSchema } from './queue.ts';
import { scopeSchema, tokenNameSchema, tokenSchema, type Scope } from './scopes.ts';

/** Raised when a client of one version can't work with a runner of another. */
export const protocolVersion = 1;

const seq = z.int().nonnegative();
const nothing = z.strictObject({});
const taskOnly = z.strictObject({ taskId: taskIdSchema });
const taskResult = z.strictObject({ task: taskSchema });
const transferId = z.string().regex(/^[a-z0-9-]{8,64}$/);
/** Bytes. */
const pieceOfFile = { offset: z.int().nonnegative(), limitBytes: z.int().min(1).max(524_288) };
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** All that starts a task. The snapshot must have arrived before. */
export const handOffSchema = z.strictObject({
  handOffId: z.string().min(8).max(64),
  spec: specSchema,
  repository: repositorySchema,
  snapshot: snapshotSchema,
  context: editorContextSchema,
  checks: z.array(checkSchema).max(50),
  setUp: z.string().max(4_000).nullable(),
  /** Null for the runner's own choice. */
  model: z.string().max(200).nullable(),
  budget: budgetSchema.partial(),
  trailers: z.array(z.string().max(500)).max(20).nullable(),
  /** Globs as in `.gitignore` of what the task can't change; `.nightjar/` alone where nothing is said. */
  protectedPaths: protectedPathsSchema.optional(),
  createdBy: z.enum(['editor', 'commandLine']),
  /** `normal` where nothing is said. */
  priority: prioritySchema.optional(),
  /** Package registries alone where nothing is said. */
  network: networkSchema.optional(),
  /** Variables of the runner that commands get, by name; none where nothing is said. */
  secrets: z.array(variableNameSchema).max(20).optional(),
});

/** Why no command may run on a runner, and what would help. */
export const sandboxProblemSchema = z.strictObject({
  message: z.string(),
  remedy: z.string(),
  /** A line for a terminal on the runner's machine that mends it; null where none does. */
  command: z.string().nullable(),
});

export const doctorFindingSchema = z.strictObject({
  name: z.string(),
  ok: z.boolean(),
  detail: z.string(),
  /** What to do; empty where all is well. */
  remedy: z.string(),
});

/** One request. Whatever names a task calls it `taskId`: the runner looks there whether the caller may have it. */
interface RequestRow {
  readonly params: z.ZodType;
  readonly result: z.ZodType;
  /** What a token must at least allow. */
  readonly scope: Scope;
  /** For whom a task was handed off, and for those who run the runner: not for those with whom it is shared. */
  readonly isForOwner?: true;
}

export const requests = {
  /** First on every connection. A runner of another protocol version answers `protocolMismatch`. */
  initialize: {
    scope: 'view',
    params: z.object({
      protocolVersion: z.int(),
      clientName: z.string().max(100),
      clientVersion: z.string().max(50),
    }),
    result: z.object({
      protocolVersion: z.int(),
      runnerVersion: z.string(),
      /** Stays the same for one data folder: a client that sees another one starts from nothing. */
      runnerId: z.string(),
      pid: z.int(),
      sandbox: sandboxSchema,
      /** Null where the runner has none configured. */
      model: z.string().nullable(),
      /** The public half of the key with which it signs evidence, DER in base64. Earlier runners sign none. */
      evidenceKey: z.string().max(500).optional(),
    }),
  },
  'tasks/list': {
    scope: 'view',
    params: nothing,
    result: z.strictObject({ seq, tasks: z.array(taskSchema) }),
  },
  'tasks/get': { scope: 'view', params: taskOnly, result: taskResult },
  /**
   * Starts the flow of `event` notifications on this connection: with `after` null a snapshot of all tasks first,
   * else every event after that `seq`. Returns before the first event is sent, and after the first `queue` notification.
   */
  'events/subscribe': {
    scope: 'view',
    params: z.strictObject({ after: seq.nullable() }),
    result: z.strictObject({ seq, tasks: z.array(taskSchema).nullable() }),
  },
  /** The events of one task, in order, at most `limit` after `after`. */
  'events/list': {
    scope: 'view',
    params: z.strictObject({ taskId: taskIdSchema, after: seq, limit: z.int().positive().max(1_000) }),
    result: z.strictObject({ events: z.array(taskEventSchema), isComplete: z.boolean() }),
  },
  /** Starts the flow of `output` notifications (live text of model and commands) of one task; null ends it. */
  'output/follow': {
    scope: 'view',
    params: z.strictObject({ taskId: taskIdSchema.nullable() }),
    result: nothing,
  },
  /** Which of the candidates the runner's store of this repository has. */
  'bundles/negotiate': {
    scope: 'work',
    params: z.strictObject({
      repositoryId: repositorySchema.shape.id,
      candidates: z.array(commitIdSchema).max(2_000),
    }),
    result: z.strictObject({ have: z.array(commitIdSchema) }),
  },
  /** Announces an upload; its bytes follow on a socket of their own at `/bundles/<transferId>`. */
  'bundles/upload': {
    scope: 'work',
    params: z.strictObject({
      repositoryId: repositorySchema.shape.id,
      snapshot: commitIdSchema,
      ref: z.string().max(200),
      sizeBytes: z.int().nonnegative(),
      sha256,
      shallow: z.array(commitIdSchema).max(10_000),
    }),
    result: z.strictObject({ transferId }),
  },
  /** Prepares the bundle of a delivered branch; its bytes come on a socket of their own at `/bundles/<transferId>`. */
  'bundles/download': {
    scope: 'view',
    params: z.strictObject({ taskId: taskIdSchema, have: z.array(commitIdSchema).max(2_000) }),
    result: z.strictObject({
      transferId,
      ref: z.string(),
      commit: commitIdSchema,
      sizeBytes: z.int().nonnegative(),
      sha256,
    }),
  },
  'tasks/create': { scope: 'work', params: handOffSchema, result: taskResult },
  /** Answers the open question, else goes to the agent as a message; reopens a task at rest. */
  'tasks/reply': {
    scope: 'work',
    params: z.strictObject({
      taskId: taskIdSchema,
      messageId: z.string().min(8).max(64),
      text: z.string().min(1).max(100_000),
    }),
    result: taskResult,
  },
  'tasks/stop': { scope: 'work', params: taskOnly, result: taskResult },
  /**
   * The same spec and snapshot once more, as a new task; with `fromTurn` it goes on from the files
   * and the conversation as they were after that turn.
   */
  'tasks/runAgain': {
    scope: 'work',
    params: z.strictObject({ taskId: taskIdSchema, fromTurn: z.int().positive().optional() }),
    result: taskResult,
  },
  /** Raises limits (whole new values, none lower than before); a task that came to rest at one goes on. */
  'tasks/extendBudget': {
    scope: 'work',
    params: z.strictObject({ taskId: taskIdSchema, budget: budgetSchema.partial() }),
    result: taskResult,
  },
  /** Opens the network of a task for more hosts, from its next command on. */
  'tasks/allow': {
    scope: 'work',
    params: z.strictObject({ taskId: taskIdSchema, hosts: z.array(hostSchema).min(1).max(50) }),
    result: taskResult,
  },
  'tasks/prioritize': {
    scope: 'work',
    params: z.strictObject({ taskId: taskIdSchema, priority: prioritySchema }),
    result: taskResult,
  },
  'tasks/markDone': { scope: 'work', params: taskOnly, result: taskResult },
  'tasks/delete': { scope: 'work', isForOwner: true, params: taskOnly, result: nothing },
  /** Lets all others with a token of this runner see the task and work on it, or no longer. */
  'tasks/share': {
    scope: 'work',
    isForOwner: true,
    params: z.strictObject({ taskId: taskIdSchema, isShared: z.boolean() }),
    result: taskResult,
  },
  /** The change as a patch against the snapshot; cut at 4 MiB. */
  'tasks/diff': {
    scope: 'view',
    params: taskOnly,
    result: z.strictObject({ patch: z.string(), isCut: z.boolean() }),
  },
  /** A piece of a log of a task, from a byte offset. `log` is a name that an event gave. */
  'logs/read': {
    scope: 'view',
    params: z.strictObject({
      taskId: taskIdSchema,
      log: z.string().regex(/^[a-z0-9.-]{1,80}$/),
      ...pieceOfFile,
    }),
    result: z.strictObject({
      text: z.string(),
      nextOffset: z.int().nonnegative(),
      sizeBytes: z.int().nonnegative(),
    }),
  },
  /** A piece of an image that a check of the task made, from a byte offset: one that is gone has no bytes. `image` is a name that a criterion gave. */
  'images/read': {
    scope: 'view',
    params: z.strictObject({
      taskId: taskIdSchema,
      image: imageNameSchema,
      ...pieceOfFile,
    }),
    result: z.strictObject({
      base64: z.string(),
      nextOffset: z.int().nonnegative(),
      sizeBytes: z.int().nonnegative(),
    }),
  },
  /** With `mend` what is left over is removed first, and workspaces are put away as far as the disk budget wants it. */
  doctor: {
    scope: 'admin',
    params: z.strictObject({ mend: z.boolean().optional() }),
    result: z.strictObject({
      findings: z.array(doctorFindingSchema),
      disk: diskSchema,
      /** A sentence for each thing that was done. */
      mended: z.array(z.string()),
    }),
  },
  /** Whether commands can run here at all; asked before anything is shipped. */
  'sandbox/examine': {
    scope: 'view',
    params: nothing,
    result: z.object({ provider: sandboxSchema, problem: sandboxProblemSchema.nullable() }),
  },
  /** Ends the runner if no task is running; `isEnding` tells. */
  'runner/shutDown': { scope: 'admin', params: nothing, result: z.strictObject({ isEnding: z.boolean() }) },
  /** Makes a token for somebody else, who hands off and sees tasks under its name. It is told this once only. */
  'tokens/create': {
    scope: 'admin',
    params: z.strictObject({ name: tokenNameSchema, scope: scopeSchema }),
    result: z.strictObject({ token: z.string() }),
  },
  'tokens/list': {
    scope: 'admin',
    params: nothing,
    result: z.strictObject({ tokens: z.array(tokenSchema) }),
  },
  /** Closes all connections of its holder at once. */
  'tokens/revoke': {
    scope: 'admin',
    params: z.strictObject({ name: tokenNameSchema }),
    result: nothing,
  },
} as const satisfies Record<string, RequestRow>;

/** Live text that no log keeps as events: for watching, never for deciding. */
export const outputSchema = z.strictObject({
  taskId: taskIdSchema,
  source: z.enum(['model', 'command', 'check', 'setUp']),
  text: z.string(),
});

/** What a runner sends by itself. */
export const notifications = {
  event: taskEventSchema,
  output: outputSchema,
  /** All tasks that the client sees by now, in place of those that it knew: what others share has changed. */
  tasks: z.strictObject({ seq, tasks: z.array(taskSchema) }),
  /** The waiting list as far as the client sees its tasks, to every connection that subscribed: before the subscription's answer, and after changes. */
  queue: queueSchema,
} as const;

export type RequestName = keyof typeof requests;
export type RequestParams<Name extends RequestName> = z.input<(typeof requests)[Name]['params']>;
/** A request's parameters once they are checked, defaults filled in. */
export type CheckedParams<Name extends RequestName> = z.output<(typeof requests)[Name]['params']>;
export type RequestResult<Name extends RequestName> = z.output<(typeof requests)[Name]['result']>;
export type HandOff = z.output<typeof handOffSchema>;
export type SandboxProblem = z.infer<typeof sandboxProblemSchema>;
export type DoctorFinding = z.infer<typeof doctorFindingSchema>;
export type Output = z.infer<typeof outputSchema>;

/** Bytes of one frame on a bundle's socket. */
export const bundleFrameBytes = 256 * 1024;
/** The largest message that a runner takes on the request socket. */
export const maxRequestBytes = 1024 * 1024;
