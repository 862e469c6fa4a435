// Builds the runner's parts and joins them: the only file that knows them all.
import { rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readRunnerRecord, removeRunnerRecord, writeRunnerRecord } from '../shared/client/runnerRecord.ts';
import { KnownError } from '../shared/errors/errors.ts';
import type { Output } from '../shared/protocol/requests.ts';
import { Masker } from '../shared/secrets/masker.ts';
import { maskedModel } from './agents/maskedModel.ts';
import { createOpenAiClient } from './agents/openai/openAiClient.ts';
import { createCheckRunner } from './checks/checkRunner.ts';
import { InspectorProcess } from './checks/integrity/inspectorProcess.ts';
import { readConfig, type RunnerConfig, type SandboxMode, type TlsChoice } from './config.ts';
import { currentBoot } from './host/boot.ts';
import { examineRunner } from './host/doctor.ts';
import { Checkouts } from './engine/checkouts.ts';
import { Engine } from './engine/engine.ts';
import { taskRequests } from './engine/requests.ts';
import { createEvidence } from './evidence/evidence.ts';
import { keptSigningKey, type SigningKey } from './evidence/signingKey.ts';
import { keptToken } from './host/keptToken.ts';
import { createLog, type Log } from './host/log.ts';
import { watchIdleness } from './host/idleness.ts';
import { endGit, markName } from './sandbox/leftovers.ts';
import { createPlainLauncher } from './sandbox/plainLauncher.ts';
import { Registries } from './sandbox/registries.ts';
import { beginCommand, endRecordedCommands, leftCommands } from './sandbox/runningCommands.ts';
import { createSandbox, type OpenSandbox } from './sandbox/sandbox.ts';
import { createSrtLauncher } from './sandbox/srtLauncher.ts';
import { UseWatch } from './sandbox/useWatch.ts';
import { makePrivate } from './host/privateFiles.ts';
import { reachableUrl } from './server/binding.ts';
import { readCertificate } from './server/certificate.ts';
import { startServer, type ServerOptions } from './server/server.ts';
import { Tokens } from './server/tokens.ts';
import { EventStore } from './store/eventStore.ts';
import { LogFolder } from './store/logFiles.ts';
import { storeIdOf } from './tasks/access.ts';
import { maskFact } from './tasks/maskFact.ts';
import type { Clock } from './tasks/ports.ts';
import { createTools } from './tools/tools.ts';
import { runnerVersion } from './host/version.ts';
import { createCommits } from './workspaces/commits.ts';
import { diskBytes } from './workspaces/diskBytes.ts';
import { createEvidenceStore } from './workspaces/evidenceStore.ts';
import { Housekeeping } from './workspaces/housekeeping.ts';
import { SetUpCache } from './workspaces/setUpCache.ts';
import { leftByGit } from './workspaces/leftByGit.ts';
import { StoreRefs } from './workspaces/storeRefs.ts';
import { createStores } from './workspaces/stores.ts';
import { createWorkspaces } from './workspaces/workspaces.ts';

/** Milliseconds without a byte from the model: reasoning models think for minutes before the first one. */
const modelSilenceTimeoutMs = 180_000;

/** Bytes of one command's output that are kept on disk. */
const outputLimitBytes = 64 * 1024 * 1024;

export interface RunnerOptions {
  /** Absolute; made if missing, with rights for its owner only. */
  readonly dataFolder: string;
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  /** Instead of what the configuration says. */
  readonly tls?: TlsChoice;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Goes before what the configuration says. */
  readonly sandboxMode?: SandboxMode;
  /** Gets the runner's log. */
  readonly logStream: NodeJS.WritableStream;
  /** Whether it ends by itself after ten minutes without clients and without work. */
  readonly endsWhenIdle: boolean;
}

export interface Runner extends AsyncDisposable {
  /** `ws://host:port` or `wss://host:port`, as programs of this machine reach it. */
  readonly url: string;
  /** SHA-256 of its certificate; null without TLS. */
  readonly fingerprint: string | null;
  readonly token: string;
  /** Aborted when a client or idleness asks the runner to end; disposing it is the caller's. */
  readonly ending: AbortSignal;
}

const systemClock: Clock = {
  now: () => new Date(),
  sleep: async (ms, signal) => {
    await sleep(ms, undefined, { signal });
  },
};

/** What every part of the runner stands on. */
interface Base {
  readonly dataFolder: string;
  readonly config: RunnerConfig;
  readonly log: Log;
  readonly store: EventStore;
  /** Knows the secrets that the runner itself holds. */
  readonly masker: Masker;
  readonly signingKey: SigningKey;
  /** The run of the machine; null where it can't be told. */
  readonly boot: string | null;
}

/** The parts that do the work of tasks. */
type Parts = ReturnType<typeof makeParts>;

/**
 * Starts a runner on a data folder of its own and takes up its unfinished tasks.
 * Throws KnownError `runnerBusy`, `dataFolderNewer`, `storeDamaged`, `configurationInvalid`, `tlsNeeded`, `diskFull`.
 */
export async function startRunner(options: RunnerOptions, signal: AbortSignal): Promise<Runner> {
  const { dataFolder } = options;
  await using started = new AsyncDisposableStack();
  await makePrivate(dataFolder);
  const config = withMode(await readConfig(dataFolder, options.env), options.sandboxMode);
  const earlier = await readRunnerRecord(dataFolder);
  const holder = { path: dataFolder, pid: earlier?.pid ?? 'unknown' };
  const masker = new Masker([{ name: 'model key', value: config.endpoint.apiKey ?? '' }]);
  const store = started.use(
    EventStore.open(path.join(dataFolder, 'nightjar.sqlite'), holder, (fact) => maskFact(fact, masker)),
  );
  const token = await keptToken(dataFolder);
  const tokens = await Tokens.open(path.join(dataFolder, 'tokens.json'), token);
  const signingKey = await keptSigningKey(dataFolder);
  const tls = await readCertificate(options.tls ?? config.tls, path.join(dataFolder, 'tls'));
  masker.add([
    { name: 'runner token', value: token },
    { name: 'signing key', value: signingKey.secret },
  ]);
  const log = createLog(options.logStream, masker);
  const base = { dataFolder, config, log, store, masker, signingKey, boot: await currentBoot() };
  await clearAfterDeath(base);
  const parts = makeParts(base);
  started.use(parts.sandbox);
  started.use(parts.inspector);
  started.use(parts.engine);
  started.use(parts.housekeeping);
  const ending = new AbortController();
  const end = (): void => {
    ending.abort();
  };
  const server = started.use(
    await startServer(serverOptions(base, parts, { ...options, tls, tokens, end }), signal),
  );
  const url = reachableUrl(server.address, tls !== null);
  const fingerprint = tls?.fingerprint ?? null;
  const startedAt = new Date().toISOString();
  const record = { url, token, pid: process.pid, version: runnerVersion, startedAt };
  await writeRunnerRecord(dataFolder, { ...record, ...(fingerprint === null ? {} : { fingerprint }) });
  started.defer(() => removeRunnerRecord(dataFolder, process.pid));
  if (options.endsWhenIdle) {
    started.use(watchIdleness(() => parts.engine.isIdle && server.connectionCount === 0, end));
  }
  signal.throwIfAborted();
  parts.engine.start();
  parts.housekeeping.start();
  log.info(`runner ${runnerVersion} listens at ${url}`);
  const running = started.move();
  return {
    url,
    fingerprint,
    token,
    ending: ending.signal,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** Ends and removes what a killed runner left half done. This one has begun nothing yet, so all of it is in the way. */
async function clearAfterDeath({ dataFolder, log }: Base): Promise<void> {
  const commands = await endRecordedCommands(commandsIn(dataFolder));
  const { inTheWay, mayBeRunning } = await leftByGit(dataFolder);
  const gits = mayBeRunning ? await endGit(dataFolder) : 0;
  for (const file of inTheWay) await rm(file, { recursive: true, force: true });
  if (commands + gits + inTheWay.length > 0)
    log.info(
      `the last runner left ${commands + gits} processes and ${inTheWay.length} locks: ended and removed`,
    );
}

function commandsIn(dataFolder: string): string {
  return path.join(dataFolder, 'commands');
}

function makeParts({ dataFolder, config, log, store, masker, signingKey, boot }: Base) {
  const logs = new LogFolder(path.join(dataFolder, 'logs'));
  const refs = new StoreRefs();
  const stores = createStores({ dataFolder, refs });
  const workspaces = createWorkspaces({ dataFolder, refs, author: config.author, boot });
  const commandsFolder = commandsIn(dataFolder);
  const sandbox = makeSandbox(dataFolder, config, masker);
  const endpoint = { ...config.endpoint, prices: config.prices, silenceTimeoutMs: modelSilenceTimeoutMs };
  const model = maskedModel(createOpenAiClient(endpoint), masker);
  const housekeeping = new Housekeeping({
    ...{ dataFolder, journal: store, workspaces, refs, log, clock: systemClock },
    budgetBytes: config.diskBytes,
    leftProcesses: () => leftCommands(dataFolder, commandsFolder),
  });
  const setUps = new SetUpCache({ dataFolder, inUse: workspaces.inUse, sandbox, boot, log });
  const outputs = new Outputs();
  const inspector = new InspectorProcess({
    record: async () => {
      const command = await beginCommand(commandsFolder, true);
      return { ...command, env: { [markName]: command.id } };
    },
  });
  const engine = new Engine({
    journal: store,
    ports: {
      workspaces,
      commits: createCommits({ dataFolder, refs, inUse: workspaces.inUse }),
      sandbox,
      checks: createCheckRunner({ sandbox }),
      inspector,
      checkouts: new Checkouts(workspaces, sandbox, setUps),
      setUps,
      tools: createTools({ sandbox, commandTimeoutMs: config.commandTimeoutMs }),
      model,
      logs,
      evidence: createEvidence({
        ...{ key: signingKey, logs, masker },
        store: createEvidenceStore({ dataFolder, refs }),
      }),
      clock: systemClock,
      output: outputs.send,
      makeRoom: housekeeping.makeRoom,
    },
    limits: { all: config.maxConcurrent, perRepository: config.maxPerRepository },
    dayCeilingUsd: config.dayCeilingUsd,
    sandbox: sandbox.provider,
    logBug: log.bug,
  });
  return { logs, stores, workspaces, sandbox, model, housekeeping, outputs, inspector, engine };
}

function withMode(config: RunnerConfig, mode: SandboxMode | undefined): RunnerConfig {
  return mode === undefined ? config : { ...config, sandbox: { ...config.sandbox, mode } };
}

/** `hidden`: folders (absolute) that no command may see, beside the data folder. */
export function makeSandbox(
  dataFolder: string,
  { sandbox: { mode, limits, readable, registries } }: RunnerConfig,
  masker: Masker,
  hidden: readonly string[] = [],
): OpenSandbox {
  const commandsFolder = commandsIn(dataFolder);
  const asked = new Registries(registries, path.join(dataFolder, 'registries.json'));
  const launcher =
    mode === 'required'
      ? createSrtLauncher({
          dataFolder,
          commandsFolder,
          limits,
          hidden,
          readable,
          registries: asked.hosts,
        })
      : createPlainLauncher(mode === 'external' ? 'external' : 'none', limits);
  const calm = new AbortController().signal;
  return createSandbox({
    ...{ launcher, masker, outputLimitBytes, commandsFolder },
    watch: new UseWatch({ limits, measureBytes: (folder) => diskBytes(folder, calm) }),
    trialFolder: path.join(dataFolder, 'trial'),
  });
}

function serverOptions(
  { dataFolder, config, log, store, signingKey }: Base,
  parts: Parts,
  door: Pick<ServerOptions, 'host' | 'port' | 'tls' | 'tokens'> & { readonly end: () => void },
): ServerOptions {
  const { stores, sandbox } = parts;
  const endpoint = config.endpoint.baseUrl ?? 'api.openai.com';
  return {
    host: door.host,
    port: door.port,
    tls: door.tls,
    tokens: door.tokens,
    hostNames: [hostname(), ...config.hostNames],
    describeRunner: () => ({
      runnerVersion,
      runnerId: store.runnerId,
      pid: process.pid,
      sandbox: sandbox.provider,
      ...{ model: config.model, evidenceKey: signingKey.publicKey },
    }),
    handlers: taskRequests({
      ...parts,
      journal: store,
      doctor: async ({ mend }, signal) => {
        const mended = mend === true ? await parts.housekeeping.tidyUp(signal) : [];
        const found = await parts.housekeeping.examine(signal);
        const { provider } = sandbox;
        const tried = { provider, problem: await sandbox.examine(signal) };
        const runner = { dataFolder, model: config.model, endpoint, ...found, sandbox: tried };
        return { findings: await examineRunner(runner, signal), disk: found.disk, mended: [...mended] };
      },
      defaults: {
        model: config.model,
        contextTokensOf: (model) => parts.model.contextTokensOf(model),
        priceOf: (model) => parts.model.priceOf(model),
        whyNotGranted: (name) => whyNotGranted(name, config.endpoint.apiKey),
        ...{ digestTokens: config.digestTokens, otherModels: config.otherModels },
        trailersFor: (model) => config.trailers.map((trailer) => trailer.replaceAll('{model}', model)),
      },
      shutDown: door.end,
    }),
    log: store,
    outputs: parts.outputs,
    queue: parts.engine.queue,
    transfers: {
      receiveBundle: (bundle, signal) => stores.receiveBundle(bundle, signal),
      makeResultBundle: (taskId, have, file, signal) => {
        const task = store.task(taskId);
        if (task === undefined) throw new KnownError('taskUnknown', { task: taskId });
        const repositoryId = storeIdOf(task.repository.id, task.owner);
        return stores.makeResultBundle({ repositoryId, taskId, have, file }, signal);
      },
    },
    uploadsFolder: path.join(dataFolder, 'uploads'),
    uploadQuotaBytes: config.bundleBytes,
    logBug: (error) => {
      log.bug(error, 'server');
    },
  };
}

/** Of models and forges: no command ever gets them, whoever asks. */
const keptKeys =
  /^(OPENAI|ANTHROPIC|CLAUDE|GEMINI|GOOGLE_AI|AZURE_OPENAI|MISTRAL|OPENROUTER|GROQ|DEEPSEEK|XAI|COHERE|HF|HUGGING_?FACE)_|^(GH|GITHUB|GITLAB|BITBUCKET|GITEA|FORGEJO|CODEBERG)_|^CI_JOB_TOKEN$|^NIGHTJAR_/i;

function whyNotGranted(name: string, apiKey: string | null): string | null {
  const value = process.env[name];
  if (keptKeys.test(name) || (apiKey !== null && value === apiKey))
    return 'it is a key of a model or of a forge';
  return value === undefined ? 'it is not set there' : null;
}

/** Hands live text on to whoever listens. */
class Outputs {
  readonly #listeners = new Set<(output: Output) => void>();

  readonly send = (output: Output): void => {
    for (const listener of this.#listeners) listener(output);
  };

  readonly onOutput = (listener: (output: Output) => void): (() => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };
}
