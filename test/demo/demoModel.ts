// Chooses the model of the demo: the one that the environment names, else the scripted one.
import { scriptedModelName, startScriptedModel } from '../support/scriptedModel.ts';
import { demoScript } from './demoScript.ts';

export interface DemoModel extends AsyncDisposable {
  /** What the viewer is told, one honest sentence. */
  readonly words: string;
  /** Variables that lead the runner to the model. */
  readonly env: Readonly<Record<string, string>>;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** `pauseMs`: how long the scripted model seems to think. The caller disposes the model. */
export async function openDemoModel(env: Environment, pauseMs: number): Promise<DemoModel> {
  if (env['OPENAI_API_KEY']) {
    const name = env['NIGHTJAR_MODEL'] ?? 'the runner’s default model';
    const words = `Real model: ${name} at ${env['OPENAI_BASE_URL'] ?? 'OpenAI'}, with your OPENAI_API_KEY; this costs money.`;
    return { words, env: {}, [Symbol.asyncDispose]: async () => undefined };
  }
  const model = await startScriptedModel({ script: demoScript(pauseMs) });
  return {
    words:
      'Scripted model: replays a recorded solution, no AI involved. Set OPENAI_API_KEY to see a real one.',
    env: { OPENAI_BASE_URL: model.url, OPENAI_API_KEY: 'scripted', NIGHTJAR_MODEL: scriptedModelName },
    [Symbol.asyncDispose]: () => model[Symbol.asyncDispose](),
  };
}
