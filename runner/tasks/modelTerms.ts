// What the model of a task costs and holds: the one of its hand-off, or the one that has taken over.
import type { EventData, Price } from '../../shared/task/events.ts';

export interface ModelTerms {
  readonly price: Price | null;
  /** Tokens that its window holds. */
  readonly contextTokens: number;
  /** Trailers of the commits. */
  readonly trailers: readonly string[];
}

/** As the runner knew them at hand-off. */
export function modelTermsOf(run: {
  readonly created: EventData<'taskCreated'>;
  readonly task: { readonly model: string };
}): ModelTerms {
  const { created, task } = run;
  const other = created.otherModels?.find(({ model }) => model === task.model);
  return task.model === created.model || other === undefined ? created : other;
}
