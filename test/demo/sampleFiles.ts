// The files of the sample project: a small shop whose cart a developer was teaching taxes when two tests went red.

/** Paths relative to the project's root, with the text of each file. */
export type Files = Readonly<Record<string, string>>;

const packageJson = `{
  "name": "teapot-shop",
  "version": "1.2.0",
  "private": true,
  "type": "module",
  "scripts": {
    "test": "node --test",
    "lint": "node --check src/cart.js && node --check src/money.js"
  }
}
`;

const readme = `# Teapot Shop

The cart of a very small tea shop. Amounts are whole cents everywhere; only \`src/money.js\` turns them into text.

    npm test
`;

const money = `/** Shows whole cents as a price: 1250 becomes "€12.50". */
export function formatCents(cents) {
  return \`€\${Math.floor(cents / 100)}.\${cents % 100}\`;
}
`;

const moneyTest = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatCents } from '../src/money.js';

test('shows euros and cents', () => {
  assert.equal(formatCents(1250), '€12.50');
});

test('shows less than ten cents with two digits', () => {
  assert.equal(formatCents(1205), '€12.05');
});
`;

const firstCart = `/** What the items cost together, in cents. */
export function netOf(items) {
  return items.reduce((sum, item) => sum + item.price * item.quantity, 0);
}
`;

const cartTest = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { netOf } from '../src/cart.js';

test('an empty cart costs nothing', () => {
  assert.equal(netOf([]), 0);
});

test('counts each item as often as it is in the cart', () => {
  const cart = [
    { name: 'Assam', price: 650, quantity: 2 },
    { name: 'Strainer', price: 300, quantity: 1 },
  ];
  assert.equal(netOf(cart), 1600);
});
`;

const spec = `# Make the cart's tests pass

## Goal
The developer was teaching the cart taxes and had to leave. Two tests fail: one about prices below ten cents, one about
taxes. Find the causes and mend them in \`src/\`.

## Acceptance criteria
- [ ] All tests pass: \`npm test\`
- [ ] The sources are valid: \`npm run lint\`

## Constraints
The tests and the tax rates are right as they are; don't change them.
`;

const cartWithTaxes = `import { taxRates } from './taxRates.js';

/** What the items cost together, in cents. */
export function netOf(items) {
  return items.reduce((sum, item) => sum + item.price * item.quantity, 0);
}

/** The same with the tax of a country, rounded to whole cents. */
export function grossOf(items, country) {
  return Math.round(netOf(items) * (1 + taxRates[country]));
}
`;

const taxTest = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grossOf } from '../src/cart.js';

test('adds the tax of the country', () => {
  const cart = [{ name: 'Teapot', price: 2000, quantity: 1 }];
  assert.equal(grossOf(cart, 'DE'), 2380);
  assert.equal(grossOf(cart, 'CH'), 2162);
});
`;

const taxRates = `/** Tax on tea things, in per cent. */
export const taxRates = { CH: 8.1, DE: 19, FR: 20, IE: 23 };
`;

/** The history, oldest commit first. */
export const commits: readonly { readonly subject: string; readonly files: Files }[] = [
  {
    subject: 'Add up the items of a cart',
    files: {
      'package.json': packageJson,
      'README.md': readme,
      'src/cart.js': firstCart,
      'test/cart.test.js': cartTest,
    },
  },
  { subject: 'Show prices', files: { 'src/money.js': money, 'test/money.test.js': moneyTest } },
  { subject: 'Describe what is left to do', files: { 'rescue.task.md': spec } },
];

/** What the developer had not committed: a file that was changed, one that was staged, and one that git has never seen. */
export const uncommitted: { readonly modified: Files; readonly staged: Files; readonly untracked: Files } = {
  modified: { 'src/cart.js': cartWithTaxes },
  staged: { 'test/tax.test.js': taxTest },
  untracked: { 'src/taxRates.js': taxRates },
};

/** The spec that is handed off, relative to the project's root. */
export const specFile = 'rescue.task.md';
