// Why a command that was tried is not fit to be a check, in words for its author.
import assert from 'node:assert/strict';
import { whyUnfit } from '../../../runner/tasks/rehearsal.ts';

describe('whether a command is fit to be a check', () => {
  const result = { exitCode: 0, timedOut: false, blocked: [], tail: '' };
  it('is what it ended with', () => {
    assert.equal(whyUnfit(result), null);
    assert.match(whyUnfit({ ...result, timedOut: true }) ?? '', /did not come to an end/);
    assert.match(whyUnfit({ ...result, exitCode: 127 }) ?? '', /127; a command was not found/);
    const blocked = [{ host: 'db.example.org', count: 2 }];
    assert.match(whyUnfit({ ...result, exitCode: 1, blocked }) ?? '', /kept it from db\.example\.org/);
    const tail = 'Error: setRawMode: raw mode is not supported';
    assert.match(whyUnfit({ ...result, exitCode: 1, tail }) ?? '', /asks for a terminal/);
  });
});
