// A task as every client sees it: the fold of its events.
import { z } from 'zod';
import { budgetSchema, checkSchema, networkSchema, specSchema } from '../spec/spec.ts';
import { criterionResultSchema } from './criteria.ts';
import { crossRunKindSchema, integrityFindingSchema } from './integrity.ts';
import { approachSchema, stuckSignSchema } from './stuck.ts';
import {
  blockedHostSchema,
  changedFileSchema,
  commitIdSchema,
  endReasonSchema,
  errorReportSchema,
  prioritySchema,
  repositorySchema,
  sandboxSchema,
  snapshotSchema,
  taskIdSchema,
  usageSchema,
  verdictSchema,
} from './events.ts';

export const statusSchema = z.enum([
  'queued',
  'preparing',
  'working',
  'checking',
  'needsInput',
  'readyForReview',
  'done',
  'failed',
  'stopped',
]);

/** The newest result of one check; `passed` is null until it has run on the agent's work. */
export const checkStateSchema = z.strictObject({
  ...checkSchema.shape,
  passed: z.boolean().nullable(),
  exitCode: z.int().nullable(),
  durationMs: z.number().nonnegative().nullable(),
  problemCount: z.int().nonnegative(),
  /** The commit that it last ran on. */
  commit: commitIdSchema.nullable(),
  /** Whether it failed on the snapshot, before the agent started; null until the baseline has run. */
  failedBefore: z.boolean().nullable(),
  /** Missing where it gave one answer on one commit. */
  isFlaky: z.literal(true).optional(),
});

/** What the newest inspection and cross-runs say of the tests on `commit`; a run that is missing was not made. */
export const integrityStateSchema = z.strictObject({
  commit: commitIdSchema,
  /** Missing where only cross-runs are known: then nobody has read the change. */
  isInspected: z.literal(true).optional(),
  findings: z.array(integrityFindingSchema),
  findingsLeftOut: z.int().nonnegative(),
  crossRuns: z.array(z.strictObject({ kind: crossRunKindSchema, ran: z.boolean(), note: z.string() })),
});

export const questionSchema = z.strictObject({
  id: z.string(),
  text: z.string(),
  defaultAnswer: z.string(),
  deadlineAt: z.iso.datetime(),
});

export const taskSchema = z.strictObject({
  id: taskIdSchema,
  title: z.string(),
  status: statusSchema,
  verdict: verdictSchema.nullable(),
  endReason: endReasonSchema.nullable(),
  spec: specSchema,
  repository: repositorySchema,
  snapshot: snapshotSchema,
  /** The newest commit of the agent's work, null before the first. */
  commit: commitIdSchema.nullable(),
  /** The ref on the runner and, once fetched, in the user's repository; null until delivered. */
  ref: z.string().nullable(),
  rounds: z.int().nonnegative(),
  turns: z.int().nonnegative(),
  usage: usageSchema,
  /** US dollars; null where the price of the model is not known. */
  costUsd: z.number().nonnegative().nullable(),
  model: z.string(),
  budget: budgetSchema,
  priority: prioritySchema,
  /** The turn of another task that this one goes on from. */
  forkedFrom: z.strictObject({ taskId: taskIdSchema, turn: z.int().nonnegative() }).nullable(),
  sandbox: sandboxSchema,
  network: networkSchema,
  /** Hosts that its commands were kept from and that nobody has allowed since. */
  blocked: z.array(blockedHostSchema),
  setUp: z.string().nullable(),
  checks: z.array(checkStateSchema),
  /** The newest results of the criteria; missing until they are judged. */
  criteria: z.array(criterionResultSchema).optional(),
  /** The commit that they were judged on. */
  criteriaCommit: commitIdSchema.optional(),
  integrity: integrityStateSchema.optional(),
  /** The last time that the work went in circles, and what was changed then. */
  stuck: z
    .strictObject({ sign: stuckSignSchema, approach: approachSchema, detail: z.string(), round: z.int() })
    .optional(),
  /** The git blob of the signed evidence of the delivered commit. */
  evidence: commitIdSchema.optional(),
  files: z.array(changedFileSchema),
  question: questionSchema.nullable(),
  error: errorReportSchema.nullable(),
  summary: z.string().nullable(),
  /** What the task does right now, in a few words. */
  activity: z.string(),
  /** When it goes on by itself; only while that is known. */
  waitsUntil: z.iso.datetime().optional(),
  createdBy: z.enum(['editor', 'commandLine']),
  /** Name of the token that handed it off; missing for the runner's own. */
  owner: z.string().optional(),
  /** The `seq` since which others see it too; missing where they don't. */
  sharedSince: z.int().positive().optional(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  /** The `seq` of the newest event that this state contains. */
  seq: z.int().positive(),
});

export type Status = z.infer<typeof statusSchema>;
export type CheckState = z.infer<typeof checkStateSchema>;
export type IntegrityState = z.infer<typeof integrityStateSchema>;
export type Question = z.infer<typeof questionSchema>;
export type Task = z.infer<typeof taskSchema>;
