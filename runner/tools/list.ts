// The tool that lists the files of a folder, without what git ignores.
import { z } from 'zod';
import { buildTree, treeLines } from './fileTree.ts';
import { headOf, toolTextBytes } from './textBounds.ts';
import { succeeded, ToolRefusal, type Tool, type Toolbox } from './tool.ts';
import { ask, findInWorkspace, type WorkspacePath } from './workspaceFiles.ts';

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
    const place = await findInWorkspace(toolbox, path || '.');
    if (place.kind === 'missing') throw new ToolRefusal(`There is no folder ${place.shown}.`);
    if (place.kind !== 'folder') throw new ToolRefusal(`${place.shown} is a file; use read.`);
    const files = await filesOf(place, toolbox);
    if (files.length === 0) return succeeded(`${place.shown} is empty.`);
    const { lines, leftOut } = treeLines(buildTree(files), depth, maxEntries);
    const note =
      leftOut === 0 ? '' : `\n[${leftOut} more entries left out; list a folder of it or a smaller depth.]`;
    return succeeded(headOf(lines.join('\n'), toolTextBytes - 200) + note);
  },
};

/**
 * Prints the files that git knows beneath the folder, then an empty path, then those of them that were deleted; where
 * git knows none (no repository, or an ignored folder), the folder's own entries, folders with `/` at their end.
 */
const script = `
if git --no-optional-locks ls-files --cached --others --exclude-standard | grep -q .; then
  git --no-optional-locks ls-files -z --cached --others --exclude-standard
  printf '\\0'
  git --no-optional-locks ls-files -z --deleted
else
  for name in * .[!.]* ..?*; do
    [ "$name" = .git ] && continue
    if [ -d "$name" ] && ! [ -L "$name" ]; then printf '%s/\\0' "$name"
    elif [ -e "$name" ] || [ -L "$name" ]; then printf '%s\\0' "$name"; fi
  done
fi`;

/** Paths relative to the folder. */
async function filesOf(place: WorkspacePath, toolbox: Toolbox): Promise<string[]> {
  const options = { folder: place.shown, outputBytes: maxListBytes };
  const { stdout } = await ask(toolbox, ['sh', '-c', script], options);
  const words = stdout.toString('utf8').split('\0').slice(0, -1);
  const end = words.indexOf('');
  const deleted = new Set(end < 0 ? [] : words.slice(end + 1));
  const known = end < 0 ? words : words.slice(0, end);
  return [...new Set(known)].filter((path) => !deleted.has(path));
}
