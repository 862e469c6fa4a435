// The live region on a small terminal: painted over, resized, taken away.
import assert from 'node:assert/strict';
import { LiveRegion } from '../../../../runner/cli/display/liveRegion.ts';
import { TerminalScreen } from './terminalScreen.ts';

describe('LiveRegion', () => {
  it('keeps the record above and paints over the rest', () => {
    const screen = new TerminalScreen(20);
    const region = new LiveRegion(screen);
    region.paint(['first'], ['a', 'b']);
    region.paint(['second'], ['c']);
    assert.deepEqual(screen.lines, ['first', 'second', 'c']);
  });

  it('hides the cursor while it lives and gives it back', () => {
    const screen = new TerminalScreen(20);
    const region = new LiveRegion(screen);
    region.paint([], ['a']);
    assert.equal(screen.isCursorShown, false);
    region.close();
    region.close();
    assert.equal(screen.isCursorShown, true);
    assert.deepEqual(screen.lines, []);
  });

  it('leaves nothing behind when the terminal became narrower', () => {
    const screen = new TerminalScreen(20);
    const region = new LiveRegion(screen);
    region.paint(['record'], ['0123456789abcdef', 'short']);
    screen.resize(10);
    region.paint([], ['new']);
    assert.deepEqual(screen.lines, ['record', 'new']);
  });

  it('never paints more lines than the terminal has', () => {
    const screen = new TerminalScreen(20);
    screen.rows = 4;
    const region = new LiveRegion(screen);
    region.paint([], ['a', 'b', 'c', 'd', 'e']);
    assert.deepEqual(screen.lines, ['a', 'b', 'c']);
  });

  it('writes nothing when it is closed without having painted', () => {
    const screen = new TerminalScreen(20);
    new LiveRegion(screen).close();
    assert.deepEqual(screen.lines, []);
  });
});
