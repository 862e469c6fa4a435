// The rules of direction and of form as functions: each takes the source tree and returns what breaks it.
import { builtinModules } from 'node:module';
import { basename } from 'node:path';
import { findCircle, type SourceFile } from './importGraph.ts';

/** Complaints, one sentence each; none means that the rule holds. */
export type Rule = (files: readonly SourceFile[]) => string[];

const sharedPure = [
  ...['shared/protocol', 'shared/task', 'shared/spec', 'shared/errors', 'shared/secrets', 'shared/evidence'],
];
const shared = [...sharedPure, 'shared/host', 'shared/repository', 'shared/client'];
const pureParts = [...sharedPure, 'runner/tasks', 'extension/model'];
const browserParts = ['extension/webview', 'runner/web'];

/** What a part may import besides itself. Parts that are not named are adapters of their program. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  'shared/errors': [],
  'shared/secrets': [],
  'shared/spec': ['shared/errors'],
  'shared/task': ['shared/spec', 'shared/errors'],
  'shared/evidence': ['shared/task', 'shared/spec', 'shared/errors'],
  'shared/protocol': ['shared/task', 'shared/spec', 'shared/errors'],
  'shared/host': ['shared/errors'],
  'shared/repository': ['shared/host', ...sharedPure],
  'shared/client': ['shared/repository', 'shared/host', ...sharedPure],
  'runner/tasks': sharedPure,
  'extension/model': sharedPure,
  'extension/webview': ['extension/model', ...sharedPure],
};

/** The launcher runs before the right Node does, so it can't use the one place. */
const processStarters = ['shared/host/processes.ts', 'runner/nightjar.mjs'];

/** The files that may know every part of their program; nobody but the entry imports them. */
const joiningFiles = [
  'extension/main.ts',
  'extension/extension.ts',
  'extension/bundle.ts',
  'runner/main.ts',
  'runner/runner.ts',
  'runner/rehearse.ts',
  'runner/nightjar.mjs',
];

export const followsArrows: Rule = (files) =>
  files
    .filter(isProduct)
    .flatMap((file) =>
      file.imports
        .filter((target) => isOwn(target) && !mayImport(file.path, target))
        .map((target) => `${file.path} must not import ${target}`),
    );

export const keepsPureFoldersPure: Rule = (files) =>
  files
    .filter(({ path }) => [...pureParts, ...browserParts].includes(partOf(path)))
    .flatMap((file) =>
      file.imports
        .filter((target) => isBuiltin(target) || target === 'vscode')
        .map((target) => `${file.path} is pure and must not import ${target}`),
    );

export const keepsVscodeInAdapters: Rule = (files) =>
  files
    .filter(({ path, imports }) => isProduct({ path }) && imports.includes('vscode'))
    .filter(({ path }) => !path.startsWith('extension/'))
    .map(({ path }) => `${path} is no adapter of the extension and must not import vscode`);

export const startsProcessesInOnePlace: Rule = (files) =>
  files
    .filter((file) => isProduct(file) && !processStarters.includes(file.path))
    .filter(({ imports }) => imports.some((target) => /^(?:node:)?(?:child_process|cluster)$/.test(target)))
    .map(({ path }) => `${path} must start processes through shared/host/processes.ts`);

export const hasNoCircles: Rule = (files) => {
  const circle = findCircle(files);
  return circle === undefined ? [] : [`these files import each other: ${circle.join(' -> ')}`];
};

export const opensWithPurpose: Rule = (files) =>
  files
    .filter(({ text }) => !/^(?:#!.*\n)?\/\/ \S/.test(text))
    .map(({ path }) => `${path} must begin with a // comment that says its purpose`);

export const staysShort: Rule = (files) =>
  files
    .filter(isProduct)
    .map(({ path, text }) => ({ path, lineCount: text.trimEnd().split('\n').length }))
    .filter(({ lineCount }) => lineCount > 400)
    .map(({ path, lineCount }) => `${path} has ${lineCount} lines; 400 is the limit`);

export const exportsByName: Rule = (files) =>
  files
    .filter(({ text }) => /^\s*export\s+default\b|^\s*export\s*\{[^}]*\bas default\b/m.test(text))
    .map(({ path }) => `${path} has a default export`);

export const hasTellingNames: Rule = (files) =>
  files
    .filter(({ path }) => path.split('/').some((segment) => wordsOf(segment).some(saysNothing)))
    .map(({ path }) => `${path} has a word in its name that says nothing`);

export const hasNoBarrels: Rule = (files) =>
  files
    .filter(({ path, text }) => basename(path).startsWith('index.') || /^export \* from/m.test(text))
    .map(({ path }) => `${path} is a barrel; import from the file that defines the name`);

export const hasNoInterfacePrefix: Rule = (files) =>
  files
    .filter(({ text }) => /^\s*(?:export\s+)?(?:interface|type)\s+I[A-Z][a-z]/m.test(text))
    .map(({ path }) => `${path} names a type with an I before it`);

function mayImport(from: string, target: string): boolean {
  const [program] = from.split('/');
  const [fromPart, targetPart] = [partOf(from), partOf(target)];
  if (fromPart === targetPart) return true;
  if (joiningFiles.includes(from)) return target.startsWith(`${program}/`) || shared.includes(targetPart);
  const allowed = arrows[fromPart] ?? [`${program}/tasks`, `${program}/model`, `${program}/host`, ...shared];
  return allowed.includes(targetPart);
}

/** The folder right beneath the program, or the file itself where it lies in the program's own folder. */
function partOf(path: string): string {
  return path.split('/').slice(0, 2).join('/');
}

function isProduct({ path }: { readonly path: string }): boolean {
  return /^(?:extension|runner|shared)\//.test(path);
}

function isOwn(target: string): boolean {
  return /^(?:extension|runner|shared|test)\//.test(target);
}

function isBuiltin(target: string): boolean {
  return target.startsWith('node:') || builtinModules.includes(target);
}

function wordsOf(segment: string): string[] {
  return (segment.split('.')[0] ?? '').split(/(?=[A-Z])|[-_]/).map((word) => word.toLowerCase());
}

function saysNothing(word: string): boolean {
  return /^(?:utils?|helpers?|common|core|managers?|services?|impl|misc)$/.test(word);
}
