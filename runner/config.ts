// The runner's configuration: the environment first, then config.yaml in the data folder, then what fits most.
import { readFile } from 'node:fs/promises';
import { availableParallelism, totalmem } from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { KnownError } from '../shared/errors/errors.ts';
import type { SandboxLimits } from './tasks/ports.ts';
import { hostSchema } from '../shared/spec/spec.ts';
import { priceSchema, type Price } from '../shared/task/events.ts';
import { defaultDigestTokens } from './tasks/digest.ts';

const fileSchema = z.strictObject({
  model: z
    .strictObject({
      name: z.string().min(1).optional(),
      baseUrl: z.url().optional(),
      apiKey: z.string().min(1).optional(),
      contextTokens: z.int().positive().optional(),
    })
    .optional(),
  /** Prices of models that the built-in table lacks or has wrong. */
  prices: z.record(z.string().min(1), priceSchema).optional(),
  /** Models of the same endpoint that may take over a task whose own goes in circles, the first one first. */
  otherModels: z.array(z.string().min(1).max(200)).max(10).optional(),
  /** US dollars that all tasks together may spend on one day, UTC. */
  dayCeilingUsd: z.number().positive().optional(),
  /** Tokens with which an agent is told of the checks that failed. */
  digestTokens: z.int().min(500).max(100_000).optional(),
  /** Tasks that act at the same time. */
  maxConcurrent: z.int().positive().max(1_000).optional(),
  /** Of them, tasks of one repository. */
  maxPerRepository: z.int().positive().max(1_000).optional(),
  /** The longest that one command of an agent may take. */
  commandMinutes: z.number().positive().optional(),
  /** The largest shipment taken, in MiB. */
  bundleMiB: z.int().positive().optional(),
  /** What the data folder may take on disk, in GiB; workspaces of tasks at rest give way. */
  diskGiB: z.number().positive().optional(),
  sandbox: z
    .strictObject({
      /** `external`: the runner itself is kept from everything else; `off`: commands may do what the runner may. */
      mode: z.enum(['required', 'external', 'off']).optional(),
      /** Absolute paths that commands may read beside tool chains. */
      read: z.array(z.string().regex(/^\//, 'a path begins with /')).max(100).optional(),
      /** The hosts that "package registries" stands for; without it the package managers are asked. */
      registries: z.array(hostSchema).max(100).optional(),
      processes: z.int().min(16).optional(),
      memoryGiB: z.number().positive().optional(),
      cpuMinutes: z.number().positive().optional(),
      diskGiB: z.number().positive().optional(),
      openFiles: z.int().min(64).optional(),
    })
    .optional(),
  /** Trailers of the commits, `Name: value`; `{model}` stands for the model. */
  trailers: z.array(z.string()).optional(),
  /** `true` for a certificate that the runner makes itself; else files in PEM, relative to the data folder. */
  tls: z.union([z.boolean(), z.strictObject({ cert: z.string().min(1), key: z.string().min(1) })]).optional(),
  /** Names by which clients reach the runner, beside its address and that of the machine. */
  hostNames: z.array(z.string().min(1).max(253)).optional(),
  author: z.strictObject({ name: z.string().min(1), email: z.string().min(1) }).optional(),
});

export type SandboxMode = 'required' | 'external' | 'off';

export interface RunnerConfig {
  /** Null where no endpoint is configured. */
  readonly model: string | null;
  readonly endpoint: {
    readonly baseUrl: string | null;
    readonly apiKey: string | null;
    /** Only where the file says how much the model's window holds. */
    readonly contextTokens?: number;
  };
  readonly prices: Readonly<Record<string, Price>>;
  /** What may take over a task whose own model goes in circles. */
  readonly otherModels: readonly string[];
  /** Null where the owner set none. */
  readonly dayCeilingUsd: number | null;
  /** Tokens with which an agent is told of the checks that failed, for each round. */
  readonly digestTokens: number;
  /** Tasks that act at the same time; as many as there are processors where the file says nothing, and at least two. */
  readonly maxConcurrent: number;
  /** Of them, tasks of one repository; null for no limit but that of all. */
  readonly maxPerRepository: number | null;
  readonly commandTimeoutMs: number;
  readonly bundleBytes: number;
  readonly diskBytes: number;
  readonly sandbox: {
    readonly mode: SandboxMode;
    readonly readable: readonly string[];
    /** Null where the package managers are to be asked. */
    readonly registries: readonly string[] | null;
    readonly limits: SandboxLimits;
  };
  readonly trailers: readonly string[];
  readonly tls: TlsChoice;
  readonly hostNames: readonly string[];
  readonly author: { readonly name: string; readonly email: string };
}

/** No TLS, a certificate that the runner makes itself, or files in PEM (absolute). */
export type TlsChoice = 'none' | 'selfMade' | { readonly cert: string; readonly key: string };

const defaultModel = 'gpt-5.1';

/**
 * Reads `config.yaml` in `dataFolder`, if there, under the variables OPENAI_API_KEY, OPENAI_BASE_URL and NIGHTJAR_MODEL.
 * Throws KnownError `configurationInvalid`.
 */
export async function readConfig(
  dataFolder: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<RunnerConfig> {
  const file = await readFileConfig(path.join(dataFolder, 'config.yaml'));
  const apiKey = nonEmpty(env['OPENAI_API_KEY']) ?? file.model?.apiKey ?? null;
  const baseUrl = nonEmpty(env['OPENAI_BASE_URL']) ?? file.model?.baseUrl ?? null;
  const name = nonEmpty(env['NIGHTJAR_MODEL']) ?? file.model?.name ?? defaultModel;
  if (baseUrl !== null && !URL.canParse(baseUrl))
    throw new KnownError('configurationInvalid', {
      name: 'OPENAI_BASE_URL',
      detail: `“${baseUrl.slice(0, 200)}” is not an address such as https://host/v1`,
    });
  const contextTokens = file.model?.contextTokens;
  return {
    model: apiKey === null && baseUrl === null ? null : name,
    endpoint: { baseUrl, apiKey, ...(contextTokens === undefined ? {} : { contextTokens }) },
    prices: file.prices ?? {},
    otherModels: file.otherModels ?? [],
    dayCeilingUsd: file.dayCeilingUsd ?? null,
    digestTokens: file.digestTokens ?? defaultDigestTokens,
    maxConcurrent: file.maxConcurrent ?? Math.max(2, availableParallelism()),
    maxPerRepository: file.maxPerRepository ?? null,
    commandTimeoutMs: (file.commandMinutes ?? 10) * 60_000,
    bundleBytes: (file.bundleMiB ?? 4_096) * 1024 * 1024,
    diskBytes: (file.diskGiB ?? 20) * 1024 ** 3,
    sandbox: sandboxOf(file.sandbox ?? {}),
    trailers: file.trailers ?? ['Assisted-by: Nightjar ({model})'],
    tls: tlsChoice(file.tls ?? false, dataFolder),
    hostNames: file.hostNames ?? [],
    author: file.author ?? { name: 'Nightjar', email: 'agent@nightjar.invalid' },
  };
}

/** Generous: they are for what runs away. A command gets three quarters of the machine's memory, and 8 GiB at most. */
function sandboxOf(written: NonNullable<z.infer<typeof fileSchema>['sandbox']>): RunnerConfig['sandbox'] {
  const gibBytes = 1024 ** 3;
  const memoryBytes = Math.min(8 * gibBytes, 0.75 * totalmem());
  return {
    mode: written.mode ?? 'required',
    readable: written.read ?? [],
    registries: written.registries ?? null,
    limits: {
      processes: written.processes ?? 2_000,
      memoryBytes: written.memoryGiB === undefined ? memoryBytes : written.memoryGiB * gibBytes,
      cpuMs: (written.cpuMinutes ?? 240) * 60_000,
      diskBytes: (written.diskGiB ?? 10) * gibBytes,
      openFiles: written.openFiles ?? 8_192,
      printedBytes: gibBytes,
    },
  };
}

function tlsChoice(
  setting: boolean | { readonly cert: string; readonly key: string },
  folder: string,
): TlsChoice {
  if (typeof setting === 'boolean') return setting ? 'selfMade' : 'none';
  return { cert: path.resolve(folder, setting.cert), key: path.resolve(folder, setting.key) };
}

async function readFileConfig(file: string): Promise<z.infer<typeof fileSchema>> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
    throw error;
  });
  try {
    return fileSchema.parse(parse(text) ?? {});
  } catch (error) {
    const detail = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new KnownError('configurationInvalid', { name: file, detail }, error);
  }
}

function nonEmpty(value: string | undefined): string | null {
  return value === undefined || value.trim() === '' ? null : value.trim();
}
