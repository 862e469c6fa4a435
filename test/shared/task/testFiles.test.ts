// Which files count as tests, by the names that each language's tools look for.
import assert from 'node:assert/strict';
import { isTestByName, isTestFile } from '../../../shared/task/testFiles.ts';

const byName = [
  ...[
    'src/cart.test.ts',
    'cart.spec.jsx',
    'a_test.mjs',
    'test.js',
    'test-cart.js',
    'cart-test.cjs',
    'x.cy.ts',
  ],
  ...[
    'test_cart.py',
    'pkg/cart_test.py',
    'app/tests.py',
    'cart_test.go',
    'src/cart_test.rs',
    'tests/cart.rs',
  ],
  ...['src/test/java/CartTest.java', 'CartTests.cs', 'CartIT.java', 'TestCart.java', 'CartSpec.scala'],
  ...[
    'spec/cart_spec.rb',
    'cart_test.rb',
    'tests/CartTest.php',
    'test_cart.c',
    'cart_test.cc',
    'cart_test.dart',
  ],
  ...['t/basic.t', 'cart.bats', 'features/cart.feature'],
];
const support = [
  ...[
    'conftest.py',
    'tests/conftest.py',
    'test/support/world.ts',
    '__mocks__/fs.js',
    'a.snap',
    'jest.setup.ts',
  ],
  ...['testdata/cart.json', 'src/test/resources/cart.xml', 'src/__snapshots__/a.txt', 'spec/factories.rb'],
];
const others = [
  ...[
    'src/cart.ts',
    'src/latest.js',
    'contest.py',
    'attest.go',
    'testing.py',
    'src/protest/a.ts',
    'greatest.rs',
  ],
  ...[
    'package.json',
    'jest.config.js',
    'README.md',
    'src/spectrum.js',
    'src/Manifest.java',
    'src/Protest.java',
  ],
];

describe('test files', () => {
  for (const path of byName)
    it(`${path} is a test`, () => assert.deepEqual([isTestByName(path), isTestFile(path)], [true, true]));
  for (const path of support)
    it(`${path} belongs to tests`, () =>
      assert.deepEqual([isTestByName(path), isTestFile(path)], [false, true]));
  for (const path of others)
    it(`${path} is none`, () => assert.deepEqual([isTestByName(path), isTestFile(path)], [false, false]));
});
