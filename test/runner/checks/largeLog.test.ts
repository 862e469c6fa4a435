// A log of ten megabytes in which hundreds of tests fail for three reasons: the agent reads all three at once.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readProblems } from '../../../runner/checks/readProblems.ts';
import { digestOf } from '../../../runner/tasks/digest.ts';

const frame = (index: number): string =>
  `      at step${index % 7} (node_modules/library/lib/step.js:${index}:11)`;
const frames = Array.from({ length: 40 }, (_, index) => frame(index)).join('\n');

/** Ten megabytes as mocha prints them: 470 failures of one cause, 29 of another, and the very last is of its own. */
function log(): string {
  const failures = Array.from({ length: 500 }, (_, index) => {
    const error =
      index === 499
        ? `     Error: connect ECONNREFUSED 127.0.0.1:5432\n      at connect (src/database.js:12:9)`
        : index % 17 === 0
          ? `     Error: Timeout of ${2_000 + index}ms exceeded.\n      at wait (src/queue.js:40:3)`
          : `     TypeError: Cannot read properties of undefined (reading 'name${index}')\n      at label (src/cart.js:6:21)`;
    return `  ${index + 1}) shop ${index % 20}\n       does ${index}:\n${error}\n      at Context.<anonymous> (test/shop${index % 20}.test.js:${index + 5}:3)\n${frames}\n`;
  });
  const chatter = '2026-01-01T00:00:00Z INFO request handled in 12ms: GET /cart/items?user=1234567 200 OK\n';
  const rest = 10 * 1024 * 1024 - failures.join('\n').length;
  return `${chatter.repeat(Math.ceil(rest / chatter.length))}\n  12 passing (1m)\n  500 failing\n\n${failures.join('\n')}\n`;
}

describe('a large log', () => {
  it('has all three causes in the first 2,000 tokens', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'nightjar-log-'));
    try {
      const text = log();
      assert.ok(text.length >= 10 * 1024 * 1024);
      writeFileSync(join(folder, 'check.log'), text);
      const found = await readProblems(
        join(folder, 'check.log'),
        { root: '/project' },
        new AbortController().signal,
      );
      assert.equal(found.problems.length + found.leftOut, 500);
      const check = {
        name: 'test',
        command: 'npm test',
        exitCode: 1,
        timedOut: false,
        failedBefore: false,
        tail: text.slice(-16_384),
      };
      const failed = {
        ...check,
        problems: found.problems,
        problemsLeftOut: found.leftOut,
        baseline: [],
        before: [],
      };
      // As in a prompt with more room: whoever reads no further than 2,000 tokens has read of each cause.
      for (const tokens of [2_000, 4_000]) {
        const start = digestOf([failed], tokens).slice(0, 2_000 * 3);
        assert.match(start, /Problems: 500, of which 200 were looked at, 3 causes \(200 new\)/);
        assert.match(start, /src\/cart\.js:6:21: .*Cannot read properties of undefined/);
        assert.match(start, /src\/queue\.js:40:3: .*Timeout of \d+ms exceeded/);
        assert.match(start, /src\/database\.js:12:9: shop 19 does 499: Error: connect ECONNREFUSED/);
      }
      // Without them the end of the output would be all, and it knows but one cause.
      const tailOnly = digestOf([{ ...failed, problems: [], problemsLeftOut: 0 }], 2_000);
      assert.doesNotMatch(tailOnly, /cart\.js:6:21[^]*queue\.js[^]*database\.js/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
