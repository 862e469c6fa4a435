// How errors reach a person, and a program.
import assert from 'node:assert/strict';
import { KnownError } from '../../../shared/errors/errors.ts';
import { reportError } from '../../../runner/cli/reportError.ts';
import type { Surroundings } from '../../../runner/cli/surroundings.ts';

function reported(error: unknown, isJson: boolean): { readonly stdout: string; readonly stderr: string } {
  let [stdout, stderr] = ['', ''];
  const outputs = {
    stdout: { write: (text: string) => (stdout += text) },
    stderr: { write: (text: string) => (stderr += text) },
    env: {},
  };
  reportError(error, outputs as unknown as Surroundings, isJson);
  return { stdout, stderr };
}

describe('reportError', () => {
  it('gives message and remedy without a stack', () => {
    const { stdout, stderr } = reported(new KnownError('gitMissing'), false);
    assert.equal(stdout, '');
    assert.match(stderr, /^error: git was not found on this machine\.\n {7}Install git .*\n$/);
  });

  it('adds the error as data for programs', () => {
    const error = new KnownError('gitMissing');
    assert.deepEqual(JSON.parse(reported(error, true).stdout), { error: error.toReport() });
  });

  it('shows the stack of a bug, which nobody could report otherwise', () => {
    assert.match(
      reported(new TypeError('oops'), false).stderr,
      /bug in Nightjar[\s\S]*TypeError: oops\n +at /,
    );
  });

  it('keeps escape sequences in a message away from the terminal', () => {
    assert.doesNotMatch(reported(new KnownError('usage', { detail: '\x1b[2J' }), false).stderr, /\x1b/);
  });
});
