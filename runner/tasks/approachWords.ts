// The question that the runner itself asks about a task that goes in circles, and how its answer is read.

const questionPrefix = 'stuck-';

/** The id of the runner's own question; those of the agent are ids of its calls. */
export function stuckQuestionId(turn: number): string {
  return `${questionPrefix}${turn}`;
}

export function isStuckQuestion(questionId: string): boolean {
  return questionId.startsWith(questionPrefix);
}

/** What is taken where nobody answers: by then the cheaper ways out have been tried. */
export const stuckDefaultAnswer = 'stop';

/** Everything else is a hint with which the work goes on. */
export function isStop(answer: string): boolean {
  return /^\W*stop\b/i.test(answer);
}
