// One task on a terminal and in a pipe, from its first event to its end.
import { noReservation } from '../../../support/taskFacts.ts';
import assert from 'node:assert/strict';
import type { TaskQueue } from '../../../../shared/protocol/queue.ts';
import type { Fact } from '../../../../shared/task/events.ts';
import { createPaint } from '../../../../runner/cli/display/paint.ts';
import { TaskDisplay } from '../../../../runner/cli/display/taskDisplay.ts';
import { created, delivered, fact, recorded, turnAnswered } from '../taskEvents.ts';
import { TerminalScreen } from './terminalScreen.ts';

const paint = createPaint(false);
const facts: readonly Fact[] = [
  created,
  fact('prepared', { durationMs: 100 }),
  fact('turnStarted', { turn: 1, round: 1, ...noReservation }),
  turnAnswered(1, 'Looking', [['run', { command: 'npm test' }]]),
  fact('toolStarted', { turn: 1, callId: 'call-0', name: 'run', arguments: '{"command":"npm test"}' }),
];

describe('TaskDisplay', () => {
  it('shows status, activity and the last output beneath the record in a terminal', () => {
    const screen = new TerminalScreen(70);
    {
      using display = new TaskDisplay({ screen, isLive: true, paint });
      for (const event of recorded(facts)) display.showEvent(event);
      display.showOutput({ taskId: 'task-1', source: 'command', text: 'one\ntwo\nthree\nfour\nfi' });
      display.showOutput({ taskId: 'task-1', source: 'command', text: 've\n' });
      display.print([]);
      const block = screen.lines.slice(-6);
      assert.match(block[0] ?? '', /^. Working {2}round 1 · turn 1 · .* · 1\.0k tokens · \$0\.02/);
      assert.deepEqual(block.slice(1), [
        '  Running npm test',
        '  │ two',
        '  │ three',
        '  │ four',
        '  │ five',
      ]);
      assert.equal(screen.isCursorShown, false);
    }
    assert.equal(screen.isCursorShown, true);
    assert.equal(screen.lines.at(-1), '      Looking');
  });

  const queue = (position: number, reason = '1 of 1 place used by Other'): TaskQueue => ({
    waiting: [{ taskId: 'task-1', position, reason }],
    total: 5,
  });

  it('shows the place in the queue in a terminal, as long as there is one', () => {
    const screen = new TerminalScreen(70);
    using display = new TaskDisplay({ screen, isLive: true, paint });
    for (const event of recorded(facts)) display.showEvent(event);
    display.showQueue(queue(2));
    display.print([]);
    assert.match(screen.lines.at(-2) ?? '', /^. Queued {2}round 1/);
    assert.equal(screen.lines.at(-1), '  2nd of 5: 1 of 1 place used by Other');
    display.showQueue({ waiting: [], total: 0 });
    display.print([]);
    assert.match(screen.lines.at(-2) ?? '', /^. Working {2}round 1/);
  });

  it('tells a pipe of each place in the queue once', () => {
    let text = '';
    using display = new TaskDisplay({ screen: { write: (piece) => (text += piece) }, isLive: false, paint });
    display.showQueue(queue(3));
    for (const event of recorded([created])) display.showEvent(event);
    text = '';
    for (const position of [3, 3, 2]) display.showQueue(queue(position, `used by ${position}`));
    display.showQueue({ waiting: [], total: 4 });
    assert.equal(text, '· Queued, 3rd of 5  used by 3\n· Queued, 2nd of 5  used by 2\n');
  });

  it('fits a narrow terminal', () => {
    const screen = new TerminalScreen(24);
    using display = new TaskDisplay({ screen, isLive: true, paint });
    for (const event of recorded(facts)) display.showEvent(event);
    display.showOutput({ taskId: 'task-1', source: 'command', text: '日本語'.repeat(20) });
    display.print([]);
    display.print([]);
    assert.equal(screen.lines.filter((text) => text.includes('Working')).length, 1);
  });

  it('prints plain whole lines in a pipe and nothing that moves', () => {
    let text = '';
    using display = new TaskDisplay({ screen: { write: (piece) => (text += piece) }, isLive: false, paint });
    for (const event of recorded([...facts, delivered])) display.showEvent(event);
    display.showOutput({ taskId: 'task-1', source: 'command', text: 'live only' });
    assert.doesNotMatch(text, /(?!\n)\p{Control}/u);
    assert.doesNotMatch(text, /live only/);
    assert.match(text, /^✔ Verified: /m);
  });
});
