// Bounds the editor's knowledge so that it fits one message: errors first, nearest first, texts cut.
import type { EditorContext, EditorProblem, EditorSelection } from '../../shared/task/context.ts';

/** What the editor knows, unbounded; paths relative to the repository's root, with slashes. */
export interface EditorKnowledge {
  readonly activeFile: string | null;
  readonly selections: readonly EditorSelection[];
  readonly openFiles: readonly string[];
  readonly problems: readonly EditorProblem[];
  readonly instructionFiles: readonly string[];
}

const maxSelections = 20;
const maxSelectionLength = 20_000;
const maxOpenFiles = 100;
const maxProblems = 200;
const maxMessageLength = 2_000;
const maxSourceLength = 200;
const maxInstructionFiles = 50;

const severities: readonly EditorProblem['severity'][] = ['error', 'warning', 'information', 'hint'];

/** Empty selections are dropped, doubles too. Problems of the active file come before others of the same severity. */
export function boundContext(knowledge: EditorKnowledge): EditorContext {
  const problems = sortProblems(knowledge.problems, knowledge.activeFile);
  return {
    activeFile: knowledge.activeFile,
    selections: knowledge.selections
      .filter(({ text }) => text.trim() !== '')
      .slice(0, maxSelections)
      .map((selection) => ({ ...selection, text: selection.text.slice(0, maxSelectionLength) })),
    openFiles: [...new Set(knowledge.openFiles)].slice(0, maxOpenFiles),
    problems: problems.slice(0, maxProblems).map((problem) => ({
      ...problem,
      message: problem.message.slice(0, maxMessageLength),
      source: problem.source?.slice(0, maxSourceLength) ?? null,
    })),
    problemsLeftOut: Math.max(0, problems.length - maxProblems),
    instructionFiles: knowledge.instructionFiles.slice(0, maxInstructionFiles),
  };
}

function sortProblems(
  problems: readonly EditorProblem[],
  activeFile: string | null,
): readonly EditorProblem[] {
  const rank = (problem: EditorProblem): number =>
    severities.indexOf(problem.severity) * 2 + (problem.path === activeFile ? 0 : 1);
  return problems.toSorted((one, other) => rank(one) - rank(other));
}
