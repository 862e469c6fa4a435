// What backs a verdict, as an in-toto statement: the facts that the runner signs and that anybody can check again.
import { z } from 'zod';
import { checkKindSchema, networkSchema } from '../spec/spec.ts';
import { criterionResultSchema } from '../task/criteria.ts';
import {
  blockedHostSchema,
  commitIdSchema,
  endReasonSchema,
  sandboxSchema,
  snapshotSchema,
  taskIdSchema,
  usageSchema,
  verdictSchema,
} from '../task/events.ts';
import { crossRunKindSchema, integrityFindingSchema } from '../task/integrity.ts';

export const statementType = 'https://in-toto.io/Statement/v1';

/** Names this form of the predicate; another form gets another number. */
export const predicateType = 'https://github.com/nightjar-dev/nightjar/evidence/v1';

const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .describe('SHA-256, hexadecimal');
const count = z.int().nonnegative();
const time = z.iso.datetime().describe('ISO 8601, UTC');
const milliseconds = z.number().nonnegative().describe('Milliseconds');

const outcome = {
  passed: z.boolean().describe('Exit code 0 within the time-out; nothing that it printed changes that'),
  exitCode: z.int(),
  timedOut: z.boolean(),
  durationMs: milliseconds,
} as const;

const checkEvidenceSchema = z.object({
  name: z.string(),
  kind: checkKindSchema.optional(),
  command: z.string().describe('The line for the shell; secrets in it are masked'),
  timeoutMs: z.int().positive().describe('Milliseconds'),
  round: count.describe('The round of the agent’s work that it belongs to'),
  commit: commitIdSchema.describe('The commit of the clean checkout in which it ran'),
  ...outcome,
  problems: count.describe('Findings that were read from its output'),
  startedAt: time.nullable(),
  endedAt: time,
  log: z
    .object({ name: z.string(), sha256: sha256.nullable().describe('Null where the log is gone') })
    .nullable()
    .describe('The whole output as the runner keeps it, secrets masked'),
  image: z
    .object({ name: z.string(), sha256: sha256.nullable().describe('Null where the image is gone') })
    .optional()
    .describe('The image that it made, as the runner keeps it; nothing in it is masked'),
  flakyRuns: z
    .int()
    .min(2)
    .optional()
    .describe('Runs that were made on the commit, where they did not agree'),
  baseline: z.object(outcome).nullable().describe('The same check on the snapshot, before the agent started'),
});

const environmentSchema = z.object({
  platform: z.string().describe('Such as linux'),
  arch: z.string().describe('Such as x64'),
  release: z.string().describe('Of the operating system'),
  runner: z.string().describe('Version of Nightjar'),
  node: z.string(),
  git: z.string(),
  sandbox: sandboxSchema.describe('What the commands ran in; “none” is no sandbox'),
  network: networkSchema.describe('What the commands could reach'),
  setUp: z.string().nullable().describe('The command that installed what the project needs'),
  lockFiles: z
    .array(z.object({ path: z.string(), blob: commitIdSchema.describe('Of its content, as git names it') }))
    .describe('What pins the project’s dependencies, as the commit has it'),
});

export const predicateSchema = z.object({
  task: z.object({
    id: taskIdSchema,
    title: z.string(),
    specSha256: sha256.describe('Of the spec as the runner got it, as JSON, secrets masked'),
  }),
  base: snapshotSchema.shape.base.describe('The HEAD of the working tree at hand-off'),
  snapshot: snapshotSchema.shape.commit.describe('The commit of the working tree at hand-off'),
  verdict: verdictSchema,
  endReason: endReasonSchema.describe('Why the work ended'),
  reasons: z.array(z.string()).describe('What the verdict rests on, a sentence each'),
  checks: z.array(checkEvidenceSchema).describe('The checks of the last round'),
  criteria: z.array(z.object({ text: z.string(), ...criterionResultSchema.omit({ criterion: true }).shape })),
  integrity: z
    .object({
      findings: z.array(integrityFindingSchema),
      findingsLeftOut: count,
      crossRuns: z.array(z.object({ kind: crossRunKindSchema, ran: z.boolean(), note: z.string() })),
    })
    .nullable()
    .describe('What the change did to the tests and to what checks it; null where nobody looked'),
  environment: environmentSchema,
  models: z.array(z.string()).describe('In the order in which they worked'),
  turns: count,
  rounds: count,
  usage: usageSchema.describe('Tokens, as the endpoint counted them'),
  costUsd: z.number().nonnegative().nullable().describe('US dollars; null where no price is known'),
  assumptions: z
    .array(z.object({ question: z.string(), answer: z.string() }))
    .describe('Questions of the agent that nobody answered in time, with the answer that was taken'),
  accessBlocked: z.array(blockedHostSchema).describe('Hosts that commands were kept from'),
  time: z.object({ createdAt: time, endedAt: time }).describe('From hand-off to the last fact of the work'),
});

export const statementSchema = z.object({
  _type: z.literal(statementType),
  subject: z
    .array(z.object({ name: z.string(), digest: z.object({ gitCommit: commitIdSchema }) }))
    .length(1)
    .describe('The delivered commit'),
  predicateType: z.literal(predicateType),
  predicate: predicateSchema,
});

export type CheckEvidence = z.infer<typeof checkEvidenceSchema>;
export type EnvironmentEvidence = z.infer<typeof environmentSchema>;
export type Predicate = z.infer<typeof predicateSchema>;
export type Statement = z.infer<typeof statementSchema>;
