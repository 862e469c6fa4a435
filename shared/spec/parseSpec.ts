// Reads a task spec: YAML front matter, then Markdown with a title, a goal, criteria, context and constraints.
import { z } from 'zod';
import { KnownError } from '../errors/errors.ts';
import type { Network } from './network.ts';
import { ofCommand } from './expectation.ts';
import { criterionOf, CriterionMistake } from './parseCriterion.ts';
import { parseYaml, YamlMistake } from './parseYaml.ts';
import { checkOf, distinctChecks, sharedSettings } from './settings.ts';
import { specSchema, type Budget, type Check, type Criterion, type Spec } from './spec.ts';

export interface ParsedSpec {
  readonly spec: Spec;
  /** Those of the criteria, then those of the front matter; none means that the project's own count. */
  readonly checks: readonly Check[];
  /** Null leaves it to the project. */
  readonly setUp: string | null;
  /** Null leaves it to the runner. */
  readonly model: string | null;
  readonly budget: Partial<Budget>;
  /** The most that the task's commands may reach; null leaves it to the user, who may always choose less. */
  readonly network: Network | null;
}

const longestTitle = 80;
const frontMatterSchema = z.strictObject({
  ...sharedSettings,
  title: z.string().trim().min(1).max(200).nullable().default(null),
});
type FrontMatter = z.output<typeof frontMatterSchema>;
type SectionName = 'goal' | 'context' | 'criteria' | 'constraints';

const sectionNames: Readonly<Record<string, SectionName>> = {
  goal: 'goal',
  context: 'context',
  'acceptance criteria': 'criteria',
  criteria: 'criteria',
  constraints: 'constraints',
};

/**
 * Parses a `*.task.md`; `path` is named in errors.
 * Throws KnownError `specUnreadable` (with the line), `specWithoutGoal`.
 */
export function parseSpec(text: string, path: string): ParsedSpec {
  const { frontMatter, body } = splitFrontMatter(text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n'), path);
  const { title, sections } = readSections(withoutComments(body));
  const goal = sections.goal || title;
  if (goal === null) throw new KnownError('specWithoutGoal', { path });
  const criteria = readCriteria(sections.criteria, text, path);
  const spec: Spec = {
    title: frontMatter.title ?? title?.slice(0, 200) ?? titleOf(goal),
    goal,
    context: sections.context,
    criteria,
    constraints: sections.constraints,
  };
  const mistake = specSchema.safeParse(spec).error?.issues[0];
  if (mistake !== undefined)
    throw new KnownError('specUnreadable', { path, detail: `${mistake.path.join('.')}: ${mistake.message}` });
  const { setUp, model, budget, network } = frontMatter;
  const checks = distinctChecks([...checksOfCriteria(criteria), ...frontMatter.checks]);
  return { spec, checks, setUp, model, budget, network };
}

/** What has to be run for the criteria that a command proves. */
export function checksOfCriteria(criteria: readonly Criterion[]): Check[] {
  return criteria.flatMap(({ text: name, check, expect }) => {
    if (check === null) return [];
    const expected = ofCommand(expect);
    return [{ ...checkOf(check), ...nameOf(name), ...(expected === null ? {} : { expect: expected }) }];
  });
}

/** The spec of a task that is described in a sentence or two. Throws KnownError `specWithoutGoal`. */
export function specFromGoal(goal: string): Spec {
  const trimmed = goal.trim();
  if (trimmed === '') throw new KnownError('specWithoutGoal', { path: '' });
  return { title: titleOf(trimmed), goal: trimmed, context: '', criteria: [], constraints: '' };
}

function splitFrontMatter(
  text: string,
  path: string,
): { readonly frontMatter: FrontMatter; readonly body: string } {
  const [whole, yaml = ''] = /^---[ \t]*\n([\s\S]*?)^---[ \t]*(?:\n|$)/m.exec(text) ?? [];
  const isAtStart = whole !== undefined && text.startsWith(whole);
  if (!isAtStart && /^---[ \t]*\n/.test(text))
    throw new KnownError('specUnreadable', { path, detail: 'line 1: the front matter has no end ("---")' });
  try {
    const frontMatter = parseYaml(isAtStart ? yaml : '', frontMatterSchema, 2);
    return { frontMatter, body: isAtStart ? text.slice(whole.length) : text };
  } catch (error) {
    if (!(error instanceof YamlMistake)) throw error;
    throw new KnownError('specUnreadable', { path, detail: error.message }, error);
  }
}

/** Sorts the lines by the heading above them; text above all headings and under unknown ones belongs to the goal. */
function readSections(body: string): {
  readonly title: string | null;
  readonly sections: Record<SectionName, string>;
} {
  const lines: Record<SectionName, string[]> = { goal: [], context: [], criteria: [], constraints: [] };
  let title: string | null = null;
  let section: SectionName = 'goal';
  let isInFence = false;
  for (const line of body.split('\n')) {
    if (/^\s*(?:```|~~~)/.test(line)) isInFence = !isInFence;
    const [, marks, heading] = (!isInFence && /^(#{1,2})\s+(.*?)\s*#*$/.exec(line)) || [];
    if (marks === '#' && title === null && heading) {
      title = heading;
      continue;
    }
    if (heading === '') continue;
    const known = heading === undefined ? undefined : sectionNames[heading.toLowerCase()];
    section = known ?? (heading === undefined ? section : 'goal');
    if (known === undefined) lines[section].push(line);
  }
  const textOf = (name: SectionName): string => lines[name].join('\n').trim();
  const sections = {
    goal: textOf('goal'),
    context: textOf('context'),
    criteria: textOf('criteria'),
    constraints: textOf('constraints'),
  };
  return { title, sections };
}

/** Each list item is a criterion; indented lines go on with the item. `whole` is the file's text, to name lines of it. */
function readCriteria(section: string, whole: string, path: string): Criterion[] {
  const items: { line: string; text: string }[] = [];
  for (const line of section.split('\n')) {
    const [, item] = /^[-*+]\s+(?:\[[ xX]\]\s*)?(.*)$/.exec(line) ?? [];
    const last = items.at(-1);
    if (item !== undefined) items.push({ line, text: item.trim() });
    else if (last !== undefined && /^\s+\S/.test(line)) last.text = `${last.text} ${line.trim()}`;
  }
  return items
    .filter(({ text }) => text !== '')
    .map(({ line, text }) => {
      try {
        return criterionOf(text);
      } catch (error) {
        if (!(error instanceof CriterionMistake)) throw error;
        const number = whole.split(/\r?\n/).findIndex((one) => one.trimEnd() === line.trimEnd()) + 1;
        const detail = `line ${number}: this criterion can’t be read: ${error.message}`;
        throw new KnownError('specUnreadable', { path, detail }, error);
      }
    });
}

function nameOf(text: string): { readonly name: string } {
  return { name: text.length <= 100 ? text : `${text.slice(0, 99)}…` };
}

function withoutComments(body: string): string {
  return body.replaceAll(/^<!--[\s\S]*?-->[ \t]*\n?/gm, '');
}

/** The first line or sentence, at most 80 characters, cut at a word. */
function titleOf(goal: string): string {
  const [line = ''] = goal.split('\n');
  const sentence = /^(.+?[.!?])(?:\s|$)/.exec(line)?.[1]?.replace(/\.$/, '') ?? line;
  const plain = sentence.replace(/^[#>*\s-]+/, '').trim() || 'Task';
  if (plain.length <= longestTitle) return plain;
  const cut = plain.slice(0, longestTitle - 1);
  return `${cut.replace(/\s+\S*$/, '')}…`;
}
