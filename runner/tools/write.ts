// The tool that writes a whole file.
import { z } from 'zod';
import { sizeText } from './textBounds.ts';
import { succeeded, type Tool } from './tool.ts';
import { writeWorkspaceFile } from './workspaceFiles.ts';

const schema = z.strictObject({
  path: z.string().min(1).describe('Relative to the root of the workspace.'),
  content: z.string().describe('The whole content of the file.'),
});

export const writeTool: Tool<typeof schema> = {
  name: 'write',
  description: 'Makes a file, with its folders, or replaces all of its content. To change a part use edit.',
  schema,
  async run({ path, content }, toolbox) {
    const { kind, shown } = await writeWorkspaceFile(toolbox, path, content);
    const size = sizeText(Buffer.byteLength(content));
    return succeeded(`${kind === 'missing' ? 'Made' : 'Replaced'} ${shown} (${size}).`);
  },
};
