// Specs as people write them, and what they are told when one can't be read.
import assert from 'node:assert/strict';
import { newSpecTemplate } from '../../../shared/spec/newSpecTemplate.ts';
import { parseSpec, specFromGoal } from '../../../shared/spec/parseSpec.ts';
import { specSchema } from '../../../shared/spec/spec.ts';

const path = 'login.task.md';

describe('parseSpec', () => {
  it('reads all parts', () => {
    const text = `---
model: gpt-5
checks:
  - npm test
  - { name: types, command: npx tsc --noEmit, timeoutMinutes: 2.5 }
setUp: npm ci
budget: { turns: 12, minutes: 30 }
network: [registries, API.example.com, "*.example.org:8443"]
---
# Log in once

Users log in again and again.

## Goal
Keep the session.

### Details
More.

## Context
See \`auth.ts\`.

## Acceptance criteria
- [ ] All tests pass: \`npm test\`
- [x] The page stays
  as it is
* \`npm run lint\`
- [ ] Uses \`keep()\` and prints a tick \`\`echo '\`'\`\`

## Constraints
No new dependency.

## Notes
Kept.
`;
    const parsed = parseSpec(text.replaceAll('\n', '\r\n'), path);
    assert.deepEqual(parsed, {
      spec: {
        title: 'Log in once',
        goal: 'Users log in again and again.\n\nKeep the session.\n\n### Details\nMore.\n\n## Notes\nKept.',
        context: 'See `auth.ts`.',
        criteria: [
          { text: 'All tests pass', check: 'npm test' },
          { text: 'The page stays as it is', check: null },
          { text: 'npm run lint', check: 'npm run lint' },
          { text: 'Uses `keep()` and prints a tick', check: "echo '`'" },
        ],
        constraints: 'No new dependency.',
      },
      checks: [
        { name: 'All tests pass', command: 'npm test', timeoutMs: 600_000 },
        { name: 'npm run lint', command: 'npm run lint', timeoutMs: 600_000 },
        { name: 'Uses `keep()` and prints a tick', command: "echo '`'", timeoutMs: 600_000 },
        { name: 'types', command: 'npx tsc --noEmit', timeoutMs: 150_000 },
      ],
      setUp: 'npm ci',
      model: 'gpt-5',
      budget: { turns: 12, wallTimeMs: 1_800_000 },
      network: { mode: 'registries', hosts: ['api.example.com', '*.example.org:8443'] },
    });
    assert.deepEqual(specSchema.parse(parsed.spec), parsed.spec);
  });

  it('takes a goal alone, a title alone, and headings in code for code', () => {
    assert.equal(parseSpec('Make it fast. Please.', path).spec.title, 'Make it fast');
    const titled = parseSpec('\uFEFF# Make it fast', path).spec;
    assert.deepEqual([titled.title, titled.goal], ['Make it fast', 'Make it fast']);
    const { goal } = parseSpec('Write this:\n```\n## Context\n<b><!-- kept --></b>\n```', path).spec;
    assert.match(goal, /## Context\n<b><!-- kept/);
  });

  it('gives checks of the same name numbers', () => {
    const { checks } = parseSpec(
      '---\nchecks: [{name: a, command: x}, {name: a, command: y}, x]\n---\nGoal',
      path,
    );
    assert.deepEqual(
      checks.map((check) => [check.name, check.command]),
      [
        ['a', 'x'],
        ['a (2)', 'y'],
      ],
    );
  });

  const mistakes: readonly (readonly [string, string, string, RegExp])[] = [
    [
      'an unknown key',
      '---\nmodel: x\nmodle: y\n---\nGoal',
      'specUnreadable',
      /login\.task\.md.*line 3: unknown key "modle"/,
    ],
    [
      'an unknown key inside',
      '---\nbudget:\n  turns: 1\n  euros: 2\n---\nGoal',
      'specUnreadable',
      /line 4: unknown key "euros"/,
    ],
    ['a wrong value', '---\nbudget:\n  turns: many\n---\nGoal', 'specUnreadable', /line 3: budget\.turns: /],
    ['a wrong check', '---\nchecks:\n  - npm test\n  - 5\n---\nGoal', 'specUnreadable', /line 4: checks\.1/],
    ['broken YAML', '---\nmodel: [\n---\nGoal', 'specUnreadable', /line [23]: /],
    ['front matter that is a list', '---\n- a\n---\nGoal', 'specUnreadable', /line 2: /],
    ['front matter without end', '---\nmodel: x\nGoal', 'specUnreadable', /line 1: /],
    ['a goal that is too long', 'x'.repeat(100_001), 'specUnreadable', /goal: /],
    ['no goal', '---\nmodel: x\n---\n\n## Context\nSome.', 'specWithoutGoal', /login\.task\.md has no goal/],
    ['an empty file', '', 'specWithoutGoal', /no goal/],
    ['empty headings', '# \n\n## \n', 'specWithoutGoal', /no goal/],
  ];
  for (const [name, text, code, message] of mistakes) {
    it(`refuses ${name}`, () => assert.throws(() => parseSpec(text, path), { code, message }));
  }

  it('reads the template for a new spec as one with a title and nothing else', () => {
    const { spec, checks } = parseSpec(newSpecTemplate, path);
    assert.deepEqual(spec, {
      title: 'Title in a few words',
      goal: 'Title in a few words',
      context: '',
      criteria: [],
      constraints: '',
    });
    assert.deepEqual(checks, []);
    const filled = newSpecTemplate.replaceAll(/^# (checks:|  - |setUp|budget)/gm, '$1');
    assert.deepEqual(
      parseSpec(filled, path).checks.map((check) => check.name),
      ['npm test', 'types'],
    );
  });
});

describe('specFromGoal', () => {
  const titles: readonly (readonly [string, string])[] = [
    ['Fix the login. It fails on Mondays.', 'Fix the login'],
    ['Fix v1.2 of the parser', 'Fix v1.2 of the parser'],
    ['  - Fix it!\nmore', 'Fix it!'],
    [`Fix ${'very '.repeat(30)}much`, `Fix ${'very '.repeat(15).trim()}…`],
    ['x'.repeat(100), `${'x'.repeat(79)}…`],
  ];
  for (const [goal, title] of titles) {
    it(`titles "${goal.slice(0, 30)}"`, () => {
      assert.equal(specFromGoal(goal).title, title);
      assert.ok(specFromGoal(goal).title.length <= 80);
    });
  }
  it('refuses an empty goal', () => assert.throws(() => specFromGoal(' \n'), { code: 'specWithoutGoal' }));
});
