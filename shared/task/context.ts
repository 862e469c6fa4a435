// The editor's knowledge that goes along with a hand-off, bounded so that it always fits one message.
import { z } from 'zod';

const relativePath = z.string().min(1).max(4_096);

/** A stretch of a file that the user had selected; lines count from 1. */
export const selectionSchema = z.strictObject({
  path: relativePath,
  startLine: z.int().positive(),
  endLine: z.int().positive(),
  text: z.string().max(20_000),
});

/** A problem that the editor showed at hand-off; lines and columns count from 1. */
export const editorProblemSchema = z.strictObject({
  path: relativePath,
  line: z.int().positive(),
  column: z.int().positive(),
  severity: z.enum(['error', 'warning', 'information', 'hint']),
  message: z.string().max(2_000),
  source: z.string().max(200).nullable(),
});

/** All paths are relative to the repository's root, with forward slashes. */
export const editorContextSchema = z.strictObject({
  activeFile: relativePath.nullable(),
  selections: z.array(selectionSchema).max(20),
  openFiles: z.array(relativePath).max(100),
  problems: z.array(editorProblemSchema).max(200),
  /** Problems that were left out because of the bound. */
  problemsLeftOut: z.int().nonnegative(),
  /** AGENTS.md and the like, nearest first. */
  instructionFiles: z.array(relativePath).max(50),
});

export type EditorContext = z.infer<typeof editorContextSchema>;
export type EditorProblem = z.infer<typeof editorProblemSchema>;
export type EditorSelection = z.infer<typeof selectionSchema>;

/** The context of a hand-off from outside an editor. */
export const emptyContext: EditorContext = {
  activeFile: null,
  selections: [],
  openFiles: [],
  problems: [],
  problemsLeftOut: 0,
  instructionFiles: [],
};
