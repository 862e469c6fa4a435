// A program for test projects that draws a real PNG from what answer.txt says: a picture that a change of that file changes.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Its file in a project, and the image that it makes there. */
export const drawing = { program: 'draw.mjs', image: 'shots/answer.png' } as const;

/** Runs with node alone. */
export const drawingProgram = `import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';
const isRight = readFileSync('answer.txt', 'utf8').trim() === '42';
const [width, height] = [640, 400];
const colourAt = (x, y) => {
  if (y < 56) return [32, 36, 52];
  if (x < 160) return [238, 240, 245];
  if (x > 200 && x < 600 && y > 100 && y < 300) return isRight ? [38, 148, 96] : [204, 66, 58];
  return [252, 252, 254];
};
const rows = Buffer.alloc(height * (1 + width * 3));
for (let y = 0; y < height; y += 1)
  for (let x = 0; x < width; x += 1) rows.set(colourAt(x, y), y * (1 + width * 3) + 1 + x * 3);
const chunk = (type, data) => {
  const body = Buffer.concat([Buffer.from(type), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
};
const head = Buffer.alloc(13);
head.writeUInt32BE(width, 0);
head.writeUInt32BE(height, 4);
head.set([8, 2], 8);
mkdirSync('shots', { recursive: true });
const signature = Buffer.from('\\x89PNG\\r\\n\\x1a\\n', 'latin1');
const chunks = [chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))];
writeFileSync('shots/answer.png', Buffer.concat([signature, ...chunks]));
`;

/** What it draws for an answer. */
export async function drawnFor(answer: string): Promise<Buffer> {
  const folder = await mkdtemp(join(tmpdir(), 'nightjar-drawing-'));
  try {
    await writeFile(join(folder, 'answer.txt'), answer);
    await writeFile(join(folder, drawing.program), drawingProgram);
    await promisify(execFile)(process.execPath, [drawing.program], { cwd: folder });
    return await readFile(join(folder, drawing.image));
  } finally {
    await rm(folder, { recursive: true });
  }
}
