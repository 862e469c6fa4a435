// The tools as a whole: what the model is told of them, and how a call that doesn't fit is answered.
import assert from 'node:assert/strict';
import { createTools } from '../../../runner/tools/tools.ts';
import { askSchema, finishSchema, parseToolArguments } from '../../../runner/tasks/specialTools.ts';
import { plainSandbox } from '../../support/plainSandbox.ts';
import { openToolRig } from './toolRig.ts';

describe('the tools', () => {
  it('are told to the model with plain JSON schemas', () => {
    const { definitions } = createTools({
      sandbox: plainSandbox('/nowhere'),
      commandTimeoutMs: 1,
    });
    assert.deepEqual(
      definitions.map(({ name }) => name),
      ['read', 'list', 'search', 'edit', 'write', 'run', 'readLog', 'ask', 'finish', 'proposeCheck'],
    );
    for (const { name, parameters } of definitions) {
      assert.equal(parameters['type'], 'object', name);
      assert.equal(parameters['$schema'], undefined, name);
      assert.equal(parameters['additionalProperties'], false, name);
    }
    const finish = definitions.find(({ name }) => name === 'finish');
    assert.deepEqual(finish?.parameters['required'], ['outcome', 'summary']);
  });

  it('take nothing that says what the task may do: no budget, no network, no sandbox, no check', () => {
    const { definitions } = createTools({ sandbox: plainSandbox('/nowhere'), commandTimeoutMs: 1 });
    const fields = definitions.map(({ name, parameters }) => [
      name,
      Object.keys(parameters['properties'] as object).join(' '),
    ]);
    // Whoever adds a field here answers: can an agent that obeys a stranger widen its own task with it?
    assert.deepEqual(Object.fromEntries(fields), {
      read: 'path startLine endLine',
      list: 'path depth',
      search: 'pattern path glob caseSensitive',
      edit: 'path edits',
      write: 'path content',
      run: 'command timeoutSeconds',
      readLog: 'check round from search',
      ask: 'question defaultAnswer',
      finish: 'outcome summary commitMessage',
      // Runs in the sandbox like any command, beside the user's checks, and never makes a task verified.
      proposeCheck: 'criterion command',
    });
  });

  const misfits: readonly { name: string; tool: string; input: string | object; told: readonly RegExp[] }[] =
    [
      {
        name: 'text that is not JSON',
        tool: 'read',
        input: '{"path": "a',
        told: [/not valid JSON/, /Expected \{"path": string, "startLine"\?: integer/],
      },
      { name: 'a list', tool: 'read', input: '[]', told: [/not a JSON object/] },
      { name: 'no text where a field is needed', tool: 'read', input: '', told: [/path: /, /Expected/] },
      {
        name: 'a field too many',
        tool: 'read',
        input: { path: 'a', lines: 3 },
        told: [/"lines"/, /Expected/],
      },
      {
        name: 'a wrong type',
        tool: 'edit',
        input: { path: 'a', edits: 'x' },
        told: [
          /edits: .*expected array/,
          /\[\{"oldText": string, "newText": string, "replaceAll"\?: boolean\}, …\]/,
        ],
      },
      { name: 'an unknown tool', tool: 'grep', input: {}, told: [/no tool "grep"/, /read, list, search/] },
    ];
  for (const { name, tool, input, told } of misfits) {
    it(`answers ${name} so that it can be mended`, async () => {
      await using rig = await openToolRig();
      const { ok, text } = await rig.call(tool, input);
      assert.equal(ok, false);
      for (const part of told) assert.match(text, part);
    });
  }

  it('take null for a field that is left out', async () => {
    await using rig = await openToolRig();
    await rig.put('a.txt', 'one\n');
    const { ok, text } = await rig.call('read', { path: 'a.txt', startLine: null, endLine: null });
    assert.equal(ok, true);
    assert.equal(text, '1\tone');
  });

  it('tell what the operating system refuses instead of failing', async () => {
    await using rig = await openToolRig();
    const { ok, text } = await rig.call('write', { path: 'x'.repeat(300), content: '' });
    assert.equal(ok, false);
    assert.match(text, /name too long/);
    assert.ok(!text.includes(rig.workspace));
  });

  it('reject with the reason of a stop', async () => {
    await using rig = await openToolRig();
    const reason = new Error('stopped');
    await assert.rejects(rig.call('list', {}, AbortSignal.abort(reason)), (error) => error === reason);
  });
});

describe('the calls that the life of a task answers', () => {
  it('read as they were meant', () => {
    const finish = parseToolArguments(finishSchema, '{"outcome":"done","summary":"Fixed."}');
    assert.deepEqual(finish, {
      ok: true,
      value: { outcome: 'done', summary: 'Fixed.', commitMessage: null },
    });
    const ask = parseToolArguments(askSchema, '{"question":"Which?","defaultAnswer":"This."}');
    assert.deepEqual(ask, { ok: true, value: { question: 'Which?', defaultAnswer: 'This.' } });
  });

  it('say what does not fit', () => {
    const finish = parseToolArguments(finishSchema, '{"outcome":"ready"}');
    assert.ok(!finish.ok);
    assert.match(
      finish.text,
      /outcome: .*summary: .*Expected \{"outcome": "done" \| "cannot", "summary": string, "commitMessage"\?: string\}/,
    );
  });
});
