// The process that reads changes: whatever an agent wrote can keep it busy, fill its memory or end it, and not the runner.
import { once } from 'node:events';
import { constants, setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import type { ChangedText, TextSearch } from '../../../tasks/ports.ts';
import { Inspector } from '../inspector.ts';
import type { InspectionMessage, InspectionRequest } from './protocol.ts';

/** What is asked for is awaited by nobody but a task; what the runner answers is. */
setPriority(constants.priority.PRIORITY_BELOW_NORMAL);

const inspector = new Inspector();
// The runner ends this process to cancel what it does.
const never = new AbortController().signal;
const lines = createInterface({ input: process.stdin, crlfDelay: Infinity });
let changes: ChangedText[] = [];

const search: TextSearch = async (words) => {
  send({ search: words });
  const [line] = (await once(lines, 'line')) as [string];
  const answer = JSON.parse(line) as InspectionRequest;
  return 'found' in answer ? answer.found : [];
};

async function inspect(): Promise<void> {
  const asked = changes;
  changes = [];
  try {
    const reading = (path: string): void => send({ reading: path });
    send({ inspection: await inspector.inspect(asked, search, never, reading) });
  } catch (error) {
    send({ error: error instanceof Error ? error.message : String(error) });
  }
}

/** To a pipe at once, so that it is told before what may never end begins. */
function send(message: InspectionMessage): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

lines.on('line', (line) => {
  const request = JSON.parse(line) as InspectionRequest;
  if ('file' in request) changes.push(request.file);
  else if ('inspect' in request) void inspect();
});
lines.on('close', () => process.exit());
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => process.exit());
