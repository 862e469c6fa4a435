// Gathers all that a hand-off would ship into one draft: manifest, context, checks, set-up, model.
import type { RunnerConnection } from '../../shared/client/runnerConnection.ts';
import { readManifest, type Manifest } from '../../shared/repository/manifest.ts';
import type { Repository } from '../../shared/repository/openRepository.ts';
import { defaultManifestLimits, type SkipReason } from '../../shared/repository/skipReasons.ts';
import { secretWords } from '../../shared/secrets/secretWords.ts';
import { detectChecks } from '../../shared/spec/detectChecks.ts';
import { configPath, parseConfig } from '../../shared/spec/parseConfig.ts';
import { defaultNetwork } from '../../shared/spec/network.ts';
import { resolvePlan } from '../../shared/spec/resolvePlan.ts';
import type { Budget } from '../../shared/spec/spec.ts';
import * as vscode from 'vscode';
import { readSetting } from '../host/settings.ts';
import type { HandOffDraft, LeftBehind } from '../model/handOffDraft.ts';
import { gatherContext } from './editorContext.ts';
import { projectFiles } from './projectFiles.ts';
import type { RelativePath } from './repositoryPaths.ts';
import type { SpecSource } from './specSource.ts';
import type { WorkingFolder } from './workingFolder.ts';

export interface PreparedDraft {
  readonly draft: HandOffDraft;
  readonly repository: Repository;
  readonly budget: Partial<Budget>;
  readonly trailers: readonly string[] | null;
  readonly protectedPaths: readonly string[];
  /** Untracked files that are over the limits or hold a secret: they stay behind unless the user insists. */
  readonly leftOut: readonly string[];
  /** Files that git ignores and `.worktreeinclude` names. */
  readonly included: readonly string[];
}

export interface DraftInput {
  readonly source: SpecSource;
  readonly folder: WorkingFolder;
  readonly relativePath: RelativePath;
  connected(signal: AbortSignal): Promise<RunnerConnection>;
}

const reasonWords: Readonly<Record<SkipReason, string>> = {
  tooLarge: 'too large',
  unreadable: 'cannot be read',
  nestedRepository: 'a repository of its own',
  submodule: 'changes in a submodule',
  looksSecret: 'holds a secret',
  leftOut: 'left out by you',
};

const inProgressWords: Readonly<Record<NonNullable<Manifest['inProgress']>, string>> = {
  merge: 'a merge',
  rebase: 'a rebase',
  cherryPick: 'a cherry-pick',
  revert: 'a revert',
  bisect: 'a bisect',
};

/** Connects to the runner too: its model is part of the preview, and a missing runner is best told now. */
export async function makeDraft(input: DraftInput, signal: AbortSignal): Promise<PreparedDraft> {
  const { source, folder, relativePath } = input;
  const { repository } = folder;
  const scope = vscode.Uri.file(folder.path);
  const project = projectFiles(repository.root);
  const configText = await project.readFile(configPath);
  const config = configText === null ? null : parseConfig(configText, configPath);
  const limits = {
    ...defaultManifestLimits,
    fileBytes: readSetting('handOff.maxUntrackedFileMegabytes', scope) * 1024 * 1024,
    includeIgnored: config?.includeIgnored ?? [],
  };
  const [manifest, detected, context, { state }] = await Promise.all([
    readManifest(repository, limits, signal),
    detectChecks(project),
    gatherContext(repository, folder.path, relativePath, source.document, signal),
    input.connected(signal),
  ]);
  // What the spec says goes first, then the project's configuration, then what its files suggest.
  const plan = resolvePlan({ spec: source.parsed, config, detected });
  const address = readSetting('runner.address').trim().replace(/#.*/, '');
  const draft: HandOffDraft = {
    spec: source.parsed.spec,
    checks: plan.checks.map((check) => ({ ...check, isEnabled: true })),
    checkSource:
      plan.checksFrom === '' ? '' : `from ${plan.checksFrom === 'spec' ? 'the spec' : plan.checksFrom}`,
    setUp: plan.setUp,
    model: plan.model ?? (readSetting('model', scope).trim() || null),
    context,
    leftOutContext: new Set(),
    files: manifest.files,
    skip: new Set(),
    leftBehind: leftBehindOf(manifest),
    head: manifest.head,
    branch: manifest.branch,
    notes: notesOf(manifest),
    runnerName: address === '' ? 'this machine' : address,
    runnerModel: state.kind === 'connected' ? state.runner.model : null,
    chosenNetwork: defaultNetwork,
    networkLimits: plan.networkLimits,
    isUnsandboxed: state.kind === 'connected' && state.runner.sandbox === 'none',
    secrets: [],
  };
  const leftOut = manifest.skipped
    .filter(({ reason }) => reason === 'tooLarge' || reason === 'looksSecret')
    .map(({ path }) => path);
  const { included } = manifest;
  const { budget, trailers, protectedPaths } = plan;
  return { draft, repository, budget, trailers, protectedPaths, leftOut, included };
}

function leftBehindOf({ skipped, included }: Manifest): LeftBehind[] {
  return skipped.map(({ path, reason, secrets, sizeBytes = 0 }) => {
    if (secrets === undefined) return { path, reason: reasonWords[reason], withheld: null };
    const change = included.includes(path) ? 'included' : 'untracked';
    return { path, reason: secretWords(secrets), withheld: { path, change, sizeBytes, secrets } };
  });
}

function notesOf(manifest: Manifest): string[] {
  return [
    ...(manifest.inProgress === null
      ? []
      : [`${inProgressWords[manifest.inProgress]} is in progress; the files go along as they are`]),
    ...manifest.partlySearched.map((path) => `Only the beginning of ${path} was searched for secrets`),
    ...(manifest.lfs ? ['Files in Git LFS go along as their pointers'] : []),
  ];
}
