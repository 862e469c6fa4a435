// The check of proposed APIs is put back into code-server at the one place that it was taken from, or not at all.
import assert from 'node:assert/strict';
import { withProposedApiCheck } from './install.ts';

const stub = 'function Oe(i,t){return!0}';

describe('the check of proposed APIs', () => {
  it('takes the place of the function that always says yes', () => {
    const consumer = 'function M(i,t){if(!Oe(i,t))throw new Error}';
    assert.equal(
      withProposedApiCheck(`${stub}${consumer}`),
      `function Oe(i,t){return!!i.enabledApiProposals?.includes(t)}${consumer}`,
    );
  });

  it('refuses a source with no such function or with two', () => {
    assert.throws(() => withProposedApiCheck('function Oe(i,t){return!1}'), /found 0/);
    assert.throws(() => withProposedApiCheck(`${stub}${stub}`), /found 2/);
  });
});
