// The recorded solution that the scripted model replays: its first claim to be done is wrong, and the checks find out.
import {
  byTurn,
  type Conversation,
  type Reply,
  type ScriptedCall,
  type Step,
} from '../support/scriptedModel.ts';

const paddedPrice = "  return `€${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;";

const turns: readonly Reply[] = [
  {
    say: 'I look at the project and at the two places the task names.',
    calls: [
      call('list', { path: '.' }),
      call('read', { path: 'src/cart.js' }),
      call('read', { path: 'src/money.js' }),
    ],
  },
  { say: 'Now the tests, to see how they fail.', calls: [call('run', { command: 'npm test' })] },
  {
    say: 'The cents are not padded: 1205 is shown as €12.5. That is a bug.',
    calls: [
      call('edit', {
        path: 'src/money.js',
        edits: [{ oldText: '  return `€${Math.floor(cents / 100)}.${cents % 100}`;', newText: paddedPrice }],
      }),
    ],
  },
  {
    say: 'That should settle both failures.',
    calls: [
      call('finish', {
        outcome: 'done',
        summary: 'Prices below ten cents are shown with two digits. All tests should pass now.',
        commitMessage: 'Show cents with two digits',
      }),
    ],
  },
  {
    say: 'I was too quick: the test about taxes still fails. I read the rates and the test again.',
    calls: [call('read', { path: 'src/taxRates.js' }), call('read', { path: 'test/tax.test.js' })],
  },
  {
    say: 'The rates are in per cent, and the cart takes them as fractions: 19 means 19 %, not 1900 %.',
    calls: [
      call('edit', {
        path: 'src/cart.js',
        edits: [{ oldText: '(1 + taxRates[country])', newText: '(1 + taxRates[country] / 100)' }],
      }),
    ],
  },
  { say: 'This time I run the tests before I say so.', calls: [call('run', { command: 'npm test' })] },
  {
    say: 'All green.',
    calls: [
      call('finish', {
        outcome: 'done',
        summary:
          'Two causes, two fixes: prices below ten cents lacked a zero, and tax rates in per cent were used as fractions.\n' +
          'The rates came from src/taxRates.js, which was not committed when the task was handed off.',
        commitMessage: 'Take tax rates as per cent',
      }),
    ],
  },
];

/** The script; `pauseMs` before each answer, so that a person can follow. */
export function demoScript(pauseMs: number): (conversation: Conversation) => Step {
  return byTurn(turns.map((turn) => ({ ...turn, delayMs: pauseMs, chunkDelayMs: Math.round(pauseMs / 20) })));
}

function call(name: string, input: object): ScriptedCall {
  return { name, arguments: input };
}
