// Every fact that can be recorded about a task: the event log is the only truth, a task is what its events say.
import { z } from 'zod';
import { isErrorCode } from '../errors/errors.ts';
import type { ErrorCode } from '../errors/catalogue.ts';
import { protectedPathsSchema } from '../spec/protectedPaths.ts';
import { budgetSchema, checkSchema, hostSchema, networkSchema, specSchema } from '../spec/spec.ts';
import { checkRun, proposal } from './checkRun.ts';
import { editorContextSchema } from './context.ts';
import { criterionResultSchema, proposedCheckSchema } from './criteria.ts';
import { crossRunKindSchema, integrityFindingSchema } from './integrity.ts';
import { approachSchema, bestRoundSchema, otherModelSchema, stuckSignSchema } from './stuck.ts';

/** The version of the event format that this code writes. */
export const eventVersion = 3;

export const taskIdSchema = z.string().regex(/^[a-z0-9-]{1,64}$/);
export const commitIdSchema = z.string().regex(/^([0-9a-f]{40}|[0-9a-f]{64})$/);
const treeId = commitIdSchema.optional();
const text = z.string();
const count = z.int().nonnegative();
const durationMs = z.number().nonnegative();

export const errorReportSchema = z.strictObject({
  code: z.custom<ErrorCode>(isErrorCode, 'not an error code of the catalogue'),
  message: text,
  remedy: text,
  mayRetry: z.boolean(),
});

/** Where the work comes from. `folder` is the path on the client's machine and only ever shown there. */
export const repositorySchema = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{32}$/),
  name: z.string().min(1).max(255),
  folder: z.string().max(4_096),
  branch: z.string().max(1_024).nullable(),
});

/** The user's working tree at hand-off: `commit` holds it, `base` is the HEAD that it stood on. */
export const snapshotSchema = z.strictObject({ commit: commitIdSchema, base: commitIdSchema });

/** One finding of a check; `file` is relative to the repository's root, lines and columns count from 1. */
export const problemSchema = z.strictObject({
  file: text.nullable(),
  line: z.int().positive().nullable(),
  column: z.int().positive().nullable(),
  severity: z.enum(['error', 'warning']),
  message: text,
  /** What the tool calls such a finding: `no-undef`, `TS2322`. Logs of earlier versions lack it and all that follows. */
  rule: text.optional(),
  /** The full name of the test that failed. */
  test: text.optional(),
  /** What the tool shows with it, shortened: the line of code, a difference, a stack. */
  excerpt: text.optional(),
  /** The same for the same problem in another round, wherever its line went. */
  fingerprint: text.optional(),
});

export const changedFileSchema = z.strictObject({
  path: text,
  oldPath: text.nullable(),
  status: z.enum(['added', 'modified', 'deleted', 'renamed']),
  /** Lines; null for a binary file. */
  added: count.nullable(),
  removed: count.nullable(),
});

/** Tokens of one model call as the endpoint counted them. */
export const usageSchema = z.strictObject({ inputTokens: count, cachedTokens: count, outputTokens: count });

/** A tool call as the model wrote it; `arguments` is its raw JSON text, which may be malformed. */
export const toolCallSchema = z.strictObject({ id: text, name: text, arguments: text });

/** Where the whole of a shortened output lies on the runner: read it with `logs/read`. */
const logName = z
  .string()
  .regex(/^[a-z0-9.-]{1,80}$/)
  .nullable();

/** US dollars per million tokens: fresh input, input found in the endpoint's cache, output. */
export const priceSchema = z.strictObject({
  input: z.number().nonnegative(),
  cached: z.number().nonnegative(),
  output: z.number().nonnegative(),
});

const tokenNameText = z.string().max(32);

export const prioritySchema = z.enum(['low', 'normal', 'high']);

/** One piece of the conversation with a model, in a form that no vendor owns. */
export const messageSchema = z.discriminatedUnion('role', [
  z.strictObject({ role: z.enum(['system', 'user']), text }),
  z.strictObject({ role: z.literal('assistant'), text, toolCalls: z.array(toolCallSchema) }),
  z.strictObject({ role: z.literal('tool'), callId: text, text }),
]);

/** A turn of another task from which this one goes on: with its files and what was said until then. */
const forkSchema = z.strictObject({
  taskId: taskIdSchema,
  turn: count,
  commit: commitIdSchema,
  transcript: z.array(messageSchema),
});

/** What is set aside before a model call, and given back when its true cost is known. */
const reservation = {
  /** US dollars; 0 where the price of the model is not known. */
  reservedUsd: z.number().nonnegative(),
  reservedTokens: count,
  maxOutputTokens: count,
};

const checkPlace = { round: count, name: text, command: text, commit: commitIdSchema, ...proposal };

const commandOutcome = {
  exitCode: z.int(),
  timedOut: z.boolean(),
  durationMs,
  /** The end of the output, bounded. */
  tail: text,
  log: logName,
};

/** What commands ran in: `none` is no sandbox, `external` one that the runner itself lives in. */
export const sandboxSchema = z.enum(['none', 'srt', 'external']);

export const variableNameSchema = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/);

/** A host that a command was kept from, and how often. */
export const blockedHostSchema = z.strictObject({ host: z.string().max(300), count: z.int().positive() });

export const verdictSchema = z.enum(['verified', 'partlyVerified', 'unverified', 'failed']);

/** Why the agent's work ended, as far as it isn't the checks that say so. */
export const endReasonSchema = z.enum([
  'checksPassed',
  'noChecks',
  'roundsUsedUp',
  'budgetUsedUp',
  'agentGaveUp',
  'stuck',
]);

export const eventData = {
  taskCreated: z.strictObject({
    spec: specSchema,
    repository: repositorySchema,
    snapshot: snapshotSchema,
    context: editorContextSchema,
    checks: z.array(checkSchema).max(50),
    setUp: z.string().max(4_000).nullable(),
    model: text,
    /** Tokens that the model's window holds. */
    contextTokens: z.int().positive(),
    /** Tokens that a round may be told of failing checks with. Logs of earlier versions lack it. */
    digestTokens: z.int().positive().optional(),
    budget: budgetSchema,
    /** Trailers of the commits, `Name: value` lines without the task's own. */
    trailers: z.array(z.string().max(500)).max(20),
    /** Globs as in `.gitignore` of what the task can't change. Logs of earlier versions lack it. */
    protectedPaths: protectedPathsSchema.optional(),
    createdBy: z.enum(['editor', 'commandLine']),
    /** The client's own id of the hand-off: sending it twice makes one task. */
    handOffId: z.string().min(8).max(64),
    sandbox: sandboxSchema,
    /** Tasks of earlier versions have none of the next two: the default network, and no variable. */
    network: networkSchema.optional(),
    /** Names of variables of the runner that the user granted to the commands. */
    secrets: z.array(variableNameSchema).max(20).optional(),
    /** What the model costs, as the runner knew it at hand-off; null where it doesn't. */
    price: priceSchema.nullable(),
    /** What may take over where the model goes in circles. Logs of earlier versions lack it. */
    otherModels: z.array(otherModelSchema(priceSchema)).max(10).optional(),
    priority: prioritySchema,
    fork: forkSchema.nullable(),
    /** Name of the token that handed it off; missing where that was the runner's own. */
    owner: tokenNameText.optional(),
  }),
  prepareStarted: z.strictObject({}),
  prepared: z.strictObject({ durationMs }),
  setUpStarted: z.strictObject({ command: text }),
  /** `cached`: what it makes was copied from where it had been made before. Logs of earlier versions lack it. */
  setUpEnded: z.strictObject({ ...commandOutcome, cached: z.literal(true).optional() }),
  /** Round 0 is the baseline on the snapshot. */
  checkStarted: z.strictObject(checkPlace),
  checkEnded: z.strictObject({
    ...checkPlace,
    passed: z.boolean(),
    problems: z.array(problemSchema).max(200),
    problemsLeftOut: count,
    ...commandOutcome,
    ...checkRun,
  }),
  /** The agent's own check for a criterion that none was bound to. Logs of earlier versions lack what follows up to `stuckSeen`. */
  checkProposed: proposedCheckSchema,
  criteriaJudged: z.strictObject({
    round: count,
    commit: commitIdSchema,
    results: z.array(criterionResultSchema).max(200),
  }),
  crossRunStarted: z.strictObject({ round: count, kind: crossRunKindSchema, commit: commitIdSchema }),
  /** `findings` are those that only this run could show. `ran` is false where there was nothing to run, `note` says why. */
  crossRunEnded: z.strictObject({
    round: count,
    kind: crossRunKindSchema,
    commit: commitIdSchema,
    ran: z.boolean(),
    note: z.string().max(1_000),
    findings: z.array(integrityFindingSchema).max(200),
    durationMs,
    log: logName,
  }),
  inspectionStarted: z.strictObject({ round: count, commit: commitIdSchema }),
  /** What the change from the snapshot to `commit` did to tests and to what checks it, found by reading. */
  integrityInspected: z.strictObject({
    round: count,
    commit: commitIdSchema,
    findings: z.array(integrityFindingSchema).max(200),
    findingsLeftOut: count,
    durationMs,
  }),
  /** The work goes in circles, and what the runner changes now. `detail` says by what it was seen. */
  stuckSeen: z.strictObject({
    round: count,
    turn: count,
    sign: stuckSignSchema,
    approach: approachSchema,
    detail: z.string().max(2_000),
    /** The commit that the next approach starts from; null where it goes on with the files as they are. */
    commit: commitIdSchema.nullable(),
    /** The model of the next approach; null where it stays. */
    model: text.nullable(),
  }),
  turnStarted: z.strictObject({ turn: count, round: count, ...reservation }),
  /**
   * `attempt` is 0 where earlier versions waited for a limit of the endpoint, at least `waitMs`.
   * `mayBeBilled`: the attempt had begun to answer, so the endpoint may charge for it.
   */
  modelRetried: z.strictObject({
    turn: count,
    attempt: count,
    reason: text,
    waitMs: durationMs,
    mayBeBilled: z.boolean(),
  }),
  /**
   * The model call that had begun is off, and none is made before `until`: a limit of the endpoint. `turn` is the last one
   * that has an answer; `refusals` counts how often in a row the endpoint itself has said no. Logs of earlier versions lack it.
   */
  rateLimited: z.strictObject({ turn: count, endpoint: text, until: z.iso.datetime(), refusals: count }),
  turnAnswered: z.strictObject({
    turn: count,
    text,
    toolCalls: z.array(toolCallSchema),
    usage: usageSchema,
    costUsd: z.number().nonnegative().nullable(),
    requestBytes: count,
    durationMs,
  }),
  toolStarted: z.strictObject({ turn: count, callId: text, name: text, arguments: text }),
  toolEnded: z.strictObject({
    turn: count,
    callId: text,
    name: text,
    ok: z.boolean(),
    /** What the model is told, shortened. */
    text,
    /** Of a command that came to its end; null or missing for every other call. Logs of earlier versions lack it. */
    exitCode: z.int().nullable().optional(),
    log: logName,
    durationMs,
  }),
  /** The files as they were after a turn are safe in `commit`, on a hidden ref of the runner's store. Earlier logs lack trees. */
  checkpointed: z.strictObject({ turn: count, commit: commitIdSchema, tree: treeId }),
  /**
   * The workspace's folder was gone, or the machine was started again, so that a file may lack its end: it is made again
   * from the newest checkpoint or commit. Logs of earlier versions know no reason.
   */
  workspaceLost: z.strictObject({ reason: z.enum(['machineRestarted']).optional() }),
  /** To save room the workspace of a task at rest went, or parts of it; its files are safe in `commit`. */
  workspaceReclaimed: z.strictObject({ commit: commitIdSchema }),
  /** The step that goes on waits until the runner's disk has room again. */
  diskFull: z.strictObject({}),
  compactionStarted: z.strictObject({ turn: count, ...reservation }),
  compacted: z.strictObject({
    turn: count,
    summary: text,
    usage: usageSchema,
    costUsd: z.number().nonnegative().nullable(),
  }),
  questionAsked: z.strictObject({
    questionId: text,
    text,
    defaultAnswer: text,
    deadlineAt: z.iso.datetime(),
  }),
  /** `messageId` is the client's own id of a person's answer: sending it twice answers once. */
  questionAnswered: z.strictObject({
    questionId: text,
    text,
    by: z.enum(['person', 'default']),
    messageId: text.optional(),
  }),
  /** What the user wrote to the agent outside of a question. */
  messageReceived: z.strictObject({ messageId: text, text }),
  commitStarted: z.strictObject({ round: count }),
  /** `commit` is the previous one where the round changed nothing. */
  committed: z.strictObject({
    ...{ round: count, commit: commitIdSchema, tree: treeId },
    files: z.array(changedFileSchema),
    /** Changes of protected paths that were not taken. Logs of earlier versions lack it. */
    keptOut: z.array(z.string().max(4_096)).max(200).optional(),
  }),
  /** No later round was better: from here on the task has the commit and the results of this one. */
  bestRoundTaken: bestRoundSchema(commitIdSchema, changedFileSchema),
  deliverStarted: z.strictObject({}),
  delivered: z.strictObject({
    commit: commitIdSchema,
    ref: text,
    verdict: verdictSchema,
    reason: endReasonSchema,
    /** That of `commit`. Logs of earlier versions lack it. */
    round: count.optional(),
    /** The agent's own account of its work: a claim, shown as one. */
    summary: text,
    /** The git blob that holds the signed evidence, noted on the commit. Logs of earlier versions lack it. */
    evidence: commitIdSchema.optional(),
  }),
  stopRequested: z.strictObject({}),
  stopped: z.strictObject({ commit: commitIdSchema.nullable(), ref: text.nullable() }),
  /** What was done until then is kept: `commit` on `ref`, null where nothing was changed. */
  taskFailed: z.strictObject({
    error: errorReportSchema,
    commit: commitIdSchema.nullable(),
    ref: text.nullable(),
    /** The model call that failed may be charged for, so what was set aside for it is spent. Logs of earlier versions lack it. */
    mayBeBilled: z.boolean().optional(),
  }),
  /** The runner ended, or was told to stop, in the middle of a step. */
  interrupted: z.strictObject({ step: text }),
  /**
   * The runner ended while a step went on: in good order, as it says itself, or without a word, as the next one found.
   * Logs of earlier versions lack it.
   */
  runnerEnded: z.strictObject({ inOrder: z.boolean() }),
  /** No model call before `until`: the runner's ceiling for the day is used up. */
  heldBack: z.strictObject({ until: z.iso.datetime() }),
  /** What the sandbox kept a command of the task from. */
  accessBlocked: z.strictObject({ hosts: z.array(blockedHostSchema).max(50) }),
  /** A person allowed more of the network; it counts from the next command. */
  networkAllowed: z.strictObject({ hosts: z.array(hostSchema).max(50) }),
  /** The runner that goes on with the task has another sandbox than the one before. */
  sandboxChanged: z.strictObject({ sandbox: sandboxSchema }),
  budgetExtended: z.strictObject({ budget: budgetSchema }),
  prioritized: z.strictObject({ priority: prioritySchema }),
  /** Whether all holders of a token of the runner see the task, or its owner only. */
  sharingChanged: z.strictObject({ isShared: z.boolean() }),
  markedDone: z.strictObject({}),
  /** `spentTodayUsd` stays counted against the runner's ceiling for the day. Of the task nothing else remains. */
  deleted: z.strictObject({
    spentTodayUsd: z.number().nonnegative(),
    owner: tokenNameText.optional(),
    /** True where others have seen it at some time. */
    wasShared: z.boolean().optional(),
  }),
} as const;

export type EventType = keyof typeof eventData;
export type EventData<Type extends EventType> = z.infer<(typeof eventData)[Type]>;

/** A fact before it is recorded: without its place in the log. */
export type Fact = {
  [Type in EventType]: { readonly type: Type; readonly data: EventData<Type> };
}[EventType];

/** A recorded fact. `seq` orders all events of a runner without gaps in a task's order; `at` is ISO 8601, UTC. */
export type TaskEvent = Fact & {
  readonly seq: number;
  readonly taskId: string;
  readonly at: string;
  readonly version: number;
};

export type Problem = z.infer<typeof problemSchema>;
export type ChangedFile = z.infer<typeof changedFileSchema>;
export type Usage = z.infer<typeof usageSchema>;
export type ToolCall = z.infer<typeof toolCallSchema>;
export type Price = z.infer<typeof priceSchema>;
export type Priority = z.infer<typeof prioritySchema>;
export type Message = z.infer<typeof messageSchema>;
export type Verdict = z.infer<typeof verdictSchema>;
export type BlockedHost = z.infer<typeof blockedHostSchema>;
export type SandboxProvider = z.infer<typeof sandboxSchema>;
export type EndReason = z.infer<typeof endReasonSchema>;
