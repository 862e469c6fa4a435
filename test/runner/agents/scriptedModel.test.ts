// The scripted model itself: its turns, its markers, its key, its list of models.
import assert from 'node:assert/strict';
import { byTurn, startScriptedModel, turnMarker, type Conversation } from '../../support/scriptedModel.ts';

function conversation(...messages: readonly [role: string, content: string][]): Conversation {
  return { model: 'm', messages: messages.map(([role, content]) => ({ role, content })) };
}

describe('the scripted model', () => {
  const script = byTurn([{ say: 'zero' }, [{ fail: 500 }, { say: 'one' }], { say: 'two' }]);

  it('finds its place by the turns of the conversation', () => {
    const atTwo = conversation(['user', 'go'], ['assistant', 'zero'], ['assistant', 'one']);
    assert.deepEqual(script(atTwo), { say: 'two' });
    assert.deepEqual(script(atTwo), { say: 'two' });
    assert.deepEqual(script(conversation(['user', 'go'])), { say: 'zero' });
  });

  it('takes the steps of one turn in the order of its attempts, for each conversation by itself', () => {
    for (const goal of ['a', 'b']) {
      const atOne = conversation(['user', goal], ['assistant', 'zero']);
      assert.deepEqual(
        [script(atOne), script(atOne), script(atOne)],
        [{ fail: 500 }, { say: 'one' }, { say: 'one' }],
      );
    }
  });

  it('goes on counting at a marker', () => {
    assert.deepEqual(script(conversation(['user', `Summary. ${turnMarker(1)}`], ['assistant', 'one'])), {
      say: 'two',
    });
  });

  it('says when the script is over', () => {
    assert.ok('fail' in script(conversation(['user', turnMarker(9)])));
  });

  it('answers plainly where no stream is asked for, wants its key and lists its models', async () => {
    await using model = await startScriptedModel({
      script: [{ say: 'Hi.' }],
      requiredKey: 'k',
      knownModels: ['m'],
    });
    const headers = { authorization: 'Bearer k' };
    const post = async (name: string) =>
      fetch(`${model.url}/chat/completions`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ model: name, messages: [] }),
      });
    assert.equal((await fetch(`${model.url}/models`)).status, 401);
    const models = (await (await fetch(`${model.url}/models`, { headers })).json()) as {
      data: { id: string }[];
    };
    assert.deepEqual(
      models.data.map(({ id }) => id),
      ['m'],
    );
    assert.equal((await post('other')).status, 404);
    const answer = (await (await post('m')).json()) as { choices: { message: { content: string } }[] };
    assert.equal(answer.choices[0]?.message.content, 'Hi.');
  });
});
