// Makes the draft of a hand-off from what was given on the command line and what the repository says.
import { access, readdir, readFile, realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import type { HandOffDraft } from '../../shared/client/handOff.ts';
import { KnownError } from '../../shared/errors/errors.ts';
import { findInstructionFiles } from '../../shared/repository/instructionFiles.ts';
import { readManifest, type Manifest } from '../../shared/repository/manifest.ts';
import { isUntracked } from '../../shared/repository/manifestFile.ts';
import type { Repository } from '../../shared/repository/openRepository.ts';
import { defaultManifestLimits } from '../../shared/repository/skipReasons.ts';
import { detectChecks } from '../../shared/spec/detectChecks.ts';
import type { Project } from '../../shared/spec/project.ts';
import { configPath, parseConfig } from '../../shared/spec/parseConfig.ts';
import { defaultNetwork, type Network } from '../../shared/spec/network.ts';
import { parseSpec, specFromGoal, type ParsedSpec } from '../../shared/spec/parseSpec.ts';
import { resolvePlan, withinLimits } from '../../shared/spec/resolvePlan.ts';
import type { Spec } from '../../shared/spec/spec.ts';
import { emptyContext } from '../../shared/task/context.ts';

/** What the user said of the task. */
export interface HandOffWish {
  readonly goal: string | undefined;
  /** Path of a spec, relative to `cwd` or absolute. */
  readonly specFile: string | undefined;
  /** Command lines; none leaves it to the spec and the project. */
  readonly checks: readonly string[];
  readonly model: string | undefined;
  /** Files that are shipped although they hold a secret, relative to `cwd` or absolute. */
  readonly shipSecrets: readonly string[];
  /** Null leaves it at what is usual. */
  readonly network: Network | null;
  /** Variables of the runner, by name. */
  readonly secrets: readonly string[];
  /** Absolute. */
  readonly cwd: string;
}

export interface PreparedHandOff {
  readonly draft: HandOffDraft;
  /** What of the working tree goes along. */
  readonly manifest: Manifest;
  /** Who said which checks count: `you`, `spec`, or the name of a file; empty where there are none. */
  readonly checksFrom: string;
  readonly network: Network;
  /** Who took something from the network that the user chose: `spec`, or the name of a file. */
  readonly narrowedBy: readonly string[];
}

/**
 * Reads the spec, the project's configuration and the working tree; changes nothing. Large files and those
 * that hold a secret are left out. Throws KnownError usage, specUnreadable, specWithoutGoal, configUnreadable, noCommits.
 */
export async function draftHandOff(
  repository: Repository,
  wish: HandOffWish,
  signal: AbortSignal,
): Promise<PreparedHandOff> {
  const { spec, parsed } = await readWish(wish);
  const project = projectIn(repository.root);
  const configText = await project.readFile(configPath);
  const config = configText === null ? null : parseConfig(configText, configPath);
  const plan = resolvePlan({
    spec: parsed,
    config,
    detected: await detectChecks(project),
    overrides: { checks: wish.checks.length === 0 ? undefined : wish.checks, model: wish.model },
  });
  const { network, narrowedBy } = withinLimits(wish.network ?? defaultNetwork, plan.networkLimits);
  const limits = { ...defaultManifestLimits, includeIgnored: config?.includeIgnored ?? [] };
  const found = await readManifest(repository, limits, signal);
  const manifest = await insistOn(found, repository, wish);
  const instructionFiles = await findInstructionFiles(repository, wish.cwd, signal);
  const draft: HandOffDraft = {
    spec,
    context: { ...emptyContext, instructionFiles: instructionFiles.slice(0, 50) },
    checks: [...plan.checks],
    setUp: plan.setUp,
    model: plan.model,
    budget: plan.budget,
    trailers: plan.trailers === null ? null : [...plan.trailers],
    protectedPaths: plan.protectedPaths,
    createdBy: 'commandLine',
    skip: manifest.skipped
      .filter(({ reason }) => reason === 'tooLarge' || reason === 'looksSecret')
      .map(({ path }) => path),
    include: manifest.included,
    network,
    secrets: wish.secrets,
  };
  return { draft, manifest, checksFrom: plan.checksFrom, network, narrowedBy };
}

/** The manifest with the withheld files that the user wants shipped. Throws KnownError usage for one that isn't withheld. */
async function insistOn(
  manifest: Manifest,
  repository: Repository,
  { shipSecrets, cwd }: HandOffWish,
): Promise<Manifest> {
  let { files, skipped, sizeBytes } = manifest;
  for (const shown of shipSecrets) {
    // The root is a real path, so the folder that the user named has to become one.
    const file = resolve(cwd, shown);
    const folder = await realpath(dirname(file)).catch(() => dirname(file));
    const path = relative(repository.root, join(folder, basename(file)))
      .split(sep)
      .join('/');
    const withheld = skipped.find((entry) => entry.path === path && entry.reason === 'looksSecret');
    if (withheld === undefined)
      throw new KnownError('usage', { detail: `--ship-secret ${shown}: no file of that path is withheld.` });
    const change = manifest.included.includes(path) ? 'included' : 'untracked';
    const { sizeBytes: bytes = 0, secrets = [] } = withheld;
    files = [...files, { path, change, sizeBytes: bytes, isStaged: false, secrets }];
    skipped = skipped.filter((entry) => entry !== withheld);
    sizeBytes += bytes;
  }
  const untracked = files.filter(isUntracked);
  const untrackedBytes = untracked.reduce((sum, file) => sum + file.sizeBytes, 0);
  return {
    ...manifest,
    ...{ files, skipped, sizeBytes },
    untracked: { count: untracked.length, sizeBytes: untrackedBytes },
  };
}

async function readWish(
  wish: HandOffWish,
): Promise<{ readonly spec: Spec; readonly parsed: ParsedSpec | null }> {
  const { goal, specFile, cwd } = wish;
  if (specFile === undefined) {
    if (goal === undefined || goal.trim() === '')
      throw new KnownError('usage', { detail: 'Say what must be achieved: give a goal, or --spec FILE.' });
    return { spec: specFromGoal(goal), parsed: null };
  }
  if (goal !== undefined) throw new KnownError('usage', { detail: 'Give a goal or --spec FILE, not both.' });
  const parsed = parseSpec(await readSpec(resolve(cwd, specFile), specFile), specFile);
  return { spec: parsed.spec, parsed };
}

async function readSpec(file: string, shown: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    throw new KnownError('specUnreadable', { path: shown, detail }, error);
  }
}

/** The files beneath `root` (absolute). */
export function projectIn(root: string): Project {
  return {
    entries: () => readdir(root).catch(() => []),
    readFile: (path) => readFile(join(root, path), 'utf8').catch(() => null),
    exists: (path) =>
      access(join(root, path)).then(
        () => true,
        () => false,
      ),
  };
}
