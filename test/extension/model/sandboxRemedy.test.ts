// What is typed into the user's terminal where a sandbox doesn't work: one line of this machine's own runner, or nothing.
import assert from 'node:assert/strict';
import { lineForTerminal } from '../../../extension/model/sandboxRemedy.ts';

const install = 'sudo apt-get install -y bubblewrap';

const table: readonly (readonly [string, string | null | undefined, string, string | null])[] = [
  ['what this machine’s runner names', install, '', install],
  ['nothing where no line helps', null, '', null],
  ['nothing where it works', undefined, '', null],
  ['nothing that a runner elsewhere names', install, 'wss://runner.example.com', null],
  ['nothing with a line end, which would run it', `${install}\nreboot`, '', null],
  ['nothing with a carriage return, which would run it too', `${install}\r`, '', null],
  ['nothing with a key that acts on the shell', `${install}\u0003`, '', null],
];

describe('the line that mends a sandbox', () => {
  for (const [name, command, address, line] of table) {
    it(`is ${name}`, () => {
      const problem = command === undefined ? null : { message: 'm', remedy: 'r', command };
      assert.equal(lineForTerminal(problem, address), line);
    });
  }
});
