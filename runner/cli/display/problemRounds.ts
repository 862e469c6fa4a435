// Tells how the problems of a task went from round to round.
import { countsText, type ProblemCounts } from '../../../shared/task/problemHistory.ts';
import { line, type Line } from './line.ts';

/** A line for the baseline and for each round; nothing where no round had any problem. */
export function problemRoundLines(problems: ReadonlyMap<number, ProblemCounts>): Line[] {
  const rounds = [...problems].map(([round, counts]) => ({ round, text: countsText(counts) }));
  if (rounds.every(({ text }) => text === '')) return [];
  const lineOf = ({ round, text }: (typeof rounds)[number]): Line =>
    line(round === 0 ? 'Baseline' : `Round ${round}`, { depth: 1, aside: text === '' ? 'none' : text });
  return [line('Problems by round', { tone: 'heading' }), ...rounds.map(lineOf)];
}
