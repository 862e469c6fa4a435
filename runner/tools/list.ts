// The tool that lists the files of a folder, without what git ignores.
import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { buildTree, treeLines } from './fileTree.ts';
import { readLogHead } from './logHead.ts';
import { headOf, toolTextBytes } from './textBounds.ts';
import { runQuietly, succeeded, ToolRefusal, type Tool, type Toolbox } from './tool.ts';
import { resolveInWorkspace, type WorkspacePath } from './workspacePaths.ts';

const maxEntries = 500;
const maxListBytes = 16 * 1024 * 1024;
const defaultDepth = 2;

const schema = z.strictObject({
  path: z
    .string()
    .optional()
    .describe('A folder relative to the root of the workspace; the root itself without it.'),
  depth: z.int().min(1).max(10).optional().describe(`Levels of folders to open, ${defaultDepth} without it.`),
});

export const listTool: Tool<typeof schema> = {
  name: 'list',
  description: `Lists a folder as a tree, folders first, at most ${maxEntries} entries. Files that git ignores are left out.`,
  schema,
  async run({ path = '.', depth = defaultDepth }, toolbox) {
    const place = await resolveInWorkspace(toolbox.workspace, path || '.');
    if (!place.exists) throw new ToolRefusal(`There is no folder ${place.shown}.`);
    if (!(await lstat(place.absolute)).isDirectory())
      throw new ToolRefusal(`${place.shown} is a file; use read.`);
    const known = await filesKnownToGit(place, toolbox);
    const files = known.length > 0 ? known : await entriesOf(place);
    if (files.length === 0) return succeeded(`${place.shown} is empty.`);
    const { lines, leftOut } = treeLines(buildTree(files), depth, maxEntries);
    const note =
      leftOut === 0 ? '' : `\n[${leftOut} more entries left out; list a folder of it or a smaller depth.]`;
    return succeeded(headOf(lines.join('\n'), toolTextBytes - 200) + note);
  },
};

/** Paths relative to the folder; none where git ignores the folder or there is no repository. */
async function filesKnownToGit(place: WorkspacePath, toolbox: Toolbox): Promise<string[]> {
  const list = ['git', '--no-optional-locks', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { exitCode } = await runQuietly(toolbox, list, place.absolute);
  const output = exitCode === 0 ? await readLogHead(toolbox.logFile, maxListBytes) : '';
  await rm(toolbox.logFile, { force: true });
  const paths = [...new Set(output.split('\0').filter((path) => path !== ''))];
  const areThere = await Promise.all(
    paths.slice(0, 5_000).map(async (path) => isThere(join(place.absolute, path))),
  );
  // Of very many files those that were deleted without telling git may show: that is worth the time saved.
  return paths.filter((_, index) => areThere[index] !== false);
}

async function entriesOf(place: WorkspacePath): Promise<string[]> {
  const entries = await readdir(place.absolute, { withFileTypes: true });
  return entries
    .filter(({ name }) => name !== '.git')
    .map((entry) => (entry.isDirectory() ? `${entry.name}/` : entry.name));
}

async function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
