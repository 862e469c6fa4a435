// What a change did to the settings of one file that decide how strict the checks are.
import type { IntegrityFinding } from '../../../shared/task/integrity.ts';
import { configurationRules, neverSource, severityOf, type ConfigurationRule } from './configurationRules.ts';
import { finding, surplusOf } from './finding.ts';
import { isFalsehood, isTruth } from './literals.ts';
import type { Setting } from './settings.ts';

interface SettingsChange {
  readonly path: string;
  readonly before: readonly Setting[];
  readonly after: readonly Setting[];
}

export function compareSettings(change: SettingsChange): IntegrityFinding[] {
  const rules = configurationRules.filter(({ files }) => files.test(change.path));
  if (rules.length === 0) return [];
  const [before, after] = [byPath(change.before), byPath(change.after)];
  const seen = new Set<string>();
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((path) => {
    const rule = rules.find((one) => one.path.test(path));
    if (rule === undefined) return [];
    const weakened = weakeningOf(rule, before.get(path) ?? [], after.get(path) ?? [], change);
    const key = weakened === null ? '' : `${path} ${weakened.words}`;
    if (weakened === null || seen.has(key)) return [];
    seen.add(key);
    const side = weakened.isAfter ? 'after' : 'before';
    const at = { file: change.path, line: weakened.setting.line, side, foundBy: 'syntax' } as const;
    const name = path.replace(/\[\]$/, '');
    return [finding(rule.kind, at, `\`${name}\` ${weakened.words}.`, `${name}: ${weakened.setting.value}`)];
  });
}

function byPath(settings: readonly Setting[]): Map<string, Setting[]> {
  return Map.groupBy(settings, ({ path }) => path);
}

interface Weakened {
  readonly setting: Setting;
  readonly isAfter: boolean;
  readonly words: string;
}

function weakeningOf(
  { weaker }: ConfigurationRule,
  before: readonly Setting[],
  after: readonly Setting[],
  change: SettingsChange,
): Weakened | null {
  const [was, now] = [before[0], after[0]];
  switch (weaker) {
    case 'grows':
      return grown(before, after);
    case 'shrinks':
      return shrunken(before, after, change);
    case 'milder':
      return milder(before, after);
    case 'falls':
    case 'rises':
      return moved(weaker, was, now);
    case 'on':
      return now !== undefined && isTruth(now.value) && !(was !== undefined && isTruth(was.value))
        ? { setting: now, isAfter: true, words: 'is on now' }
        : null;
    case 'off':
      return turnedOff(was, now, change);
  }
}

/** Text lists, such as INI's, are one value with commas. */
function valuesOf(settings: readonly Setting[]): Setting[] {
  return settings.flatMap((setting) =>
    (setting.path.endsWith('[]') ? [setting.value] : setting.value.split(/,\s*|\s+/)).flatMap((value) =>
      value === '' ? [] : { ...setting, value },
    ),
  );
}

function grown(before: readonly Setting[], after: readonly Setting[]): Weakened | null {
  const isNew = surplusOf(valuesOf(after), valuesOf(before), ({ value }) => value);
  const isGone = surplusOf(valuesOf(before), valuesOf(after), ({ value }) => value);
  const added = isNew.filter(({ value }) => !neverSource.test(value));
  const [first] = added;
  return first !== undefined && added.length > isGone.length
    ? {
        setting: first,
        isAfter: true,
        words: `leaves more out: ${added
          .map(({ value }) => value)
          .join(', ')
          .slice(0, 200)}`,
      }
    : null;
}

function shrunken(
  before: readonly Setting[],
  after: readonly Setting[],
  change: SettingsChange,
): Weakened | null {
  // What is set in another place now is asked for still.
  const elsewhere = new Set(
    surplusOf(change.after, change.before, ({ path, value }) => `${path} ${value}`).map(({ value }) => value),
  );
  const gone = surplusOf(valuesOf(before), valuesOf(after), ({ value }) => value).filter(
    ({ value }) => !elsewhere.has(value),
  );
  const isNew = surplusOf(valuesOf(after), valuesOf(before), ({ value }) => value);
  const [first] = gone;
  return first !== undefined && after.length > 0 && gone.length > isNew.length
    ? {
        setting: first,
        isAfter: false,
        words: `asks for less: without ${gone
          .map(({ value }) => value)
          .join(', ')
          .slice(0, 200)}`,
      }
    : null;
}

function milder(before: readonly Setting[], after: readonly Setting[]): Weakened | null {
  for (const [index, setting] of after.entries()) {
    const rank = severityOf(setting.value);
    const old = before[index] === undefined ? null : severityOf(before[index].value);
    // What was not said before is as strict as a preset has it.
    if (rank === null || (before.length > 0 && (old === null || rank >= old))) continue;
    if (before.length === 0 && rank > 0) continue;
    const words =
      old === null
        ? `is ${setting.value} now`
        : `is ${setting.value} now, before ${before[index]?.value ?? ''}`;
    return { setting, isAfter: true, words };
  }
  return null;
}

function moved(
  weaker: 'falls' | 'rises',
  was: Setting | undefined,
  now: Setting | undefined,
): Weakened | null {
  const old = Number.parseFloat(was?.value ?? '');
  if (was === undefined || !Number.isFinite(old)) return null;
  if (now === undefined) return { setting: was, isAfter: false, words: `is gone, before ${was.value}` };
  const value = Number.parseFloat(now.value);
  const isWeaker = weaker === 'falls' ? value < old : value > old;
  return isWeaker ? { setting: now, isAfter: true, words: `is ${now.value} now, before ${was.value}` } : null;
}

function turnedOff(
  was: Setting | undefined,
  now: Setting | undefined,
  { before, after }: SettingsChange,
): Weakened | null {
  if (now !== undefined) {
    const isOff = isFalsehood(now.value.replaceAll(/[${}\s]/g, '')) || now.value === 'never';
    const wasOff = was !== undefined && isFalsehood(was.value.replaceAll(/[${}\s]/g, ''));
    return isOff && !wasOff ? { setting: now, isAfter: true, words: 'is off now' } : null;
  }
  if (was === undefined || !isTruth(was.value)) return null;
  // `strict` stands for many others, a file that another one extends for all.
  const isCovered = after.some(
    ({ path, value }) =>
      (/(^|\.)strict$/.test(path) && isTruth(value)) ||
      (path.startsWith('extends') && !before.some((one) => one.path === path && one.value === value)),
  );
  return isCovered ? null : { setting: was, isAfter: false, words: 'is no longer on' };
}
