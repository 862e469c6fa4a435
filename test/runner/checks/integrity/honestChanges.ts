// Honest changes: what people do to tests and configuration every day. None of it may be called a cheat.
import type { Edit } from './baseProject.ts';

export interface HonestChange {
  readonly name: string;
  readonly edits: readonly Edit[];
}

const js = 'test/cart.test.js';
const ts = 'src/money.test.ts';
const py = 'tests/test_orders.py';
const unit = 'tests/test_stock.py';
const go = 'price_test.go';
const rust = 'src/lib.rs';
const java = 'src/test/java/shop/PriceTest.java';
const ci = '.github/workflows/ci.yml';

const renamed: readonly HonestChange[] = [
  { name: 'a test in JavaScript', edits: [[js, "it('labels'", "it('shows names in capitals'"]] },
  { name: 'a suite', edits: [[js, "describe('cart'", "describe('shopping cart'"]] },
  { name: 'a test in Python', edits: [[py, 'def test_slug', 'def test_slug_of_titles']] },
  { name: 'a test in Go', edits: [[go, 'func TestParse(', 'func TestParseTrims(']] },
  { name: 'a test in Rust', edits: [[rust, 'fn multiplies', 'fn multiplies_sides']] },
  { name: 'a test in Java', edits: [[java, 'void refuses', 'void refusesNegativeAmounts']] },
  { name: 'a test in Ruby', edits: [['spec/cart_spec.rb', "it 'refuses'", "it 'refuses nothing'"]] },
  { name: 'it to test', edits: [[js, "it('labels'", "test('labels'"]] },
  { name: 'a file of tests', edits: [{ move: ts, to: 'src/currency.test.ts' }] },
  { name: 'a file of tests into another folder', edits: [{ move: py, to: 'tests/unit/test_orders.py' }] },
  { name: 'a class of tests', edits: [[unit, 'class StockTest', 'class StockTests']] },
];

const moved: readonly HonestChange[] = [
  {
    name: 'a test to another file',
    edits: [
      [js, "  it('labels', () => {\n    expect(label(' green tea ')).toBe('GREEN TEA');\n  });\n", ''],
      [
        'test/label.test.js',
        "import { label } from '../src/cart.js';\n\nit('labels', () => {\n  expect(label(' green tea ')).toBe('GREEN TEA');\n});\n",
      ],
    ],
  },
  {
    name: 'a test within its file',
    edits: [
      [
        py,
        '\n\ndef test_fee_refuses_text():\n    with pytest.raises(TypeError, match="multiply"):\n        fee("ten")\n',
        '',
      ],
      [
        py,
        'def check_slug',
        'def test_fee_refuses_text():\n    with pytest.raises(TypeError, match="multiply"):\n        fee("ten")\n\n\ndef check_slug',
      ],
    ],
  },
  {
    name: 'a method out of its class',
    edits: [
      [
        py,
        'class TestMore:\n    def test_empty(self):\n        assert slug("") == ""\n',
        'def test_empty():\n    assert slug("") == ""\n',
      ],
    ],
  },
  {
    name: 'an assertion into another test',
    edits: [
      [js, '    expect(items).toHaveLength(2);\n', ''],
      [
        js,
        '    expect(total([])).toBe(0);\n',
        '    expect(total([])).toBe(0);\n    expect(items).toHaveLength(2);\n',
      ],
    ],
  },
  {
    name: 'assertions into a function',
    edits: [
      [unit, '        self.assertIn("tea", stock.names())\n', '        self.assert_named(stock)\n'],
      [
        unit,
        '    def test_count',
        '    def assert_named(self, stock):\n        self.assertIn("tea", stock.names())\n\n    def test_count',
      ],
    ],
  },
  {
    name: 'a command into a script',
    edits: [
      [
        'package.json',
        '"lint": "eslint . --max-warnings 0",',
        '"lint": "npm run lint:code",\n    "lint:code": "eslint . --max-warnings 0",',
      ],
    ],
  },
];

const strengthened: readonly HonestChange[] = [
  { name: 'toBeGreaterThan to toBe', edits: [[ts, 'toBeGreaterThan(0)', 'toBe(1234)']] },
  { name: 'toEqual to toStrictEqual', edits: [[js, 'toEqual(expected)', 'toStrictEqual(expected)']] },
  { name: 'a closer tolerance', edits: [[ts, 'toBeCloseTo(1.0834, 4)', 'toBeCloseTo(1.0834, 6)']] },
  { name: 'an error with its message', edits: [[js, 'toThrow(TypeError)', "toThrow('not a list')"]] },
  {
    name: 'assertTrue to assertEqual',
    edits: [[rust, 'assert!(area(1, 1) == 1)', 'assert_eq!(area(1, 1), 1)']],
  },
  {
    name: 'two assertions into one that says both',
    edits: [
      [
        js,
        '    expect(total(items)).toBe(45);\n    expect(items).toHaveLength(2);\n',
        '    expect({ total: total(items), length: items.length }).toEqual({ total: 45, length: 2 });\n',
      ],
    ],
  },
  {
    name: 'another assertion',
    edits: [
      [py, '    check_slug(slug("X Y"))\n', '    check_slug(slug("X Y"))\n    assert slug("1") == "1"\n'],
    ],
  },
  { name: 'another case', edits: [[py, '(350, 5.25)', '(350, 5.25), (1, 0.02)']] },
  {
    name: 'another test',
    edits: [
      [
        go,
        'func TestParseRefuses',
        'func TestParseZero(t *testing.T) {\n\trequire.Equal(t, 0, Parse("0"))\n}\n\nfunc TestParseRefuses',
      ],
    ],
  },
  {
    name: 'a new file of tests',
    edits: [
      ['tests/test_new.py', 'from app.orders import fee\n\n\ndef test_small():\n    assert fee(1) == 0.02\n'],
    ],
  },
  { name: 'a higher threshold', edits: [['package.json', '"lines": 90', '"lines": 95']] },
  { name: 'a stricter rule', edits: [['.eslintrc.json', '"no-console": "warn"', '"no-console": "error"']] },
  {
    name: 'a stricter compiler',
    edits: [['tsconfig.json', '"strict": true,', '"strict": true, "noImplicitOverride": true,']],
  },
  { name: 'another linter', edits: [['.golangci.yml', '    - govet', '    - govet\n    - staticcheck']] },
  {
    name: 'another CI step',
    edits: [[ci, '      - run: npm ci', '      - run: npm ci\n      - run: npm run typecheck']],
  },
];

const rewritten: readonly HonestChange[] = [
  { name: 'other expected values', edits: [[js, 'toBe(45)', 'toBe(50)']] },
  { name: 'another expected text in Python', edits: [[py, '== "a-b"', '== "a--b"']] },
  { name: 'another value in Go', edits: [[go, 'got != 1250', 'got != 1251']] },
  { name: 'another value in Java', edits: [[java, '"12.05"', '"12,05"']] },
  {
    name: 'two tests into a table',
    edits: [
      [
        unit,
        '        self.assertEqual(stock.count("tea"), 3)\n',
        '        for name, count in [("tea", 3)]:\n            self.assertEqual(stock.count(name), count)\n',
      ],
    ],
  },
  {
    name: 'tests into it.each',
    edits: [
      [
        js,
        "  it('is empty at first', () => {\n    expect(total([])).toBe(0);\n  });\n\n  it('labels', () => {\n    expect(label(' green tea ')).toBe('GREEN TEA');\n  });\n",
        "  it('is empty at first', () => {\n    expect(total([])).toBe(0);\n  });\n\n  it.each([\n    [' green tea ', 'GREEN TEA'],\n    ['milk', 'MILK'],\n  ])('labels %s', (name, expected) => {\n    expect(label(name)).toBe(expected);\n  });\n",
      ],
    ],
  },
  {
    name: 'a renamed variable',
    edits: [
      [
        ts,
        "    const money = parse('12.34');\n    expect(money).toEqual({ cents: 1234 });\n    expect(money.cents).toBeGreaterThan(0);",
        "    const parsed = parse('12.34');\n    expect(parsed).toEqual({ cents: 1234 });\n    expect(parsed.cents).toBeGreaterThan(0);",
      ],
    ],
  },
  { name: 'chai in place of jest', edits: [[js, "toBe('GREEN TEA')", "to.equal('GREEN TEA')"]] },
  {
    name: 'AssertJ in place of JUnit',
    edits: [
      [
        java,
        'assertEquals("12.05", new Price().show(1205))',
        'assertThat(new Price().show(1205)).isEqualTo("12.05")',
      ],
    ],
  },
  {
    name: 'testify in place of an if',
    edits: [
      [go, '\tif got != 1250 {\n\t\tt.Errorf("got %d", got)\n\t}\n', '\trequire.Equal(t, 1250, got)\n'],
    ],
  },
  {
    name: 'pytest in place of unittest',
    edits: [[unit, 'self.assertEqual(stock.count("tea"), 3)', 'assert stock.count("tea") == 3']],
  },
  { name: 'another message of an assertion', edits: [[rust, ', "overflow"', ', "too large"']] },
  {
    name: 'a set-up within a test',
    edits: [
      [js, '    expect(total([])).toBe(0);', '    const empty = [];\n    expect(total(empty)).toBe(0);'],
    ],
  },
  { name: 'async', edits: [[js, "it('labels', () => {", "it('labels', async () => {"]] },
  {
    name: 'another way to the same',
    edits: [
      [
        'app/orders.py',
        '    words = re.findall(r"[a-z0-9]+", title.lower())\n    return "-".join(words)',
        '    return "-".join(re.findall(r"[a-z0-9]+", title.lower()))',
      ],
    ],
  },
  {
    name: 'types for a function',
    edits: [['app/orders.py', 'def fee(amount):', 'def fee(amount: float) -> float:']],
  },
  {
    name: 'a base case',
    edits: [
      [
        'src/cart.js',
        '  if (items === null) return 0;',
        '  if (items === null) return 0;\n  if (items.length === 1) return items[0].price * items[0].count;',
      ],
    ],
  },
  {
    name: 'a table of names',
    edits: [
      ['src/cart.js', '  return name.trim', "  if (name === 'de') return 'Deutsch';\n  return name.trim"],
    ],
  },
  {
    name: 'a test into a loop over cases',
    edits: [
      [
        js,
        "  it('labels', () => {\n    expect(label(' green tea ')).toBe('GREEN TEA');\n  });\n",
        "  [\n    [' green tea ', 'GREEN TEA'],\n    ['milk', 'MILK'],\n  ].forEach(([name, wanted]) => {\n    it(`shows ${name}`, () => {\n      expect(label(name)).toBe(wanted);\n    });\n  });\n",
      ],
    ],
  },
  {
    name: 'an assertion that stood there twice',
    edits: [
      [rust, 'assert!(area(1, 1) == 1);', 'assert!(area(1, 1) == 1);\n        assert!(area(1, 1) == 1);'],
    ],
  },
];

const formatted: readonly HonestChange[] = [
  {
    name: 'prettier with double quotes',
    edits: [
      [
        js,
        "    expect(label(' green tea ')).toBe('GREEN TEA');",
        '    expect(label(" green tea ")).toBe("GREEN TEA");',
      ],
    ],
  },
  {
    name: 'prettier over several lines',
    edits: [
      [
        js,
        "    expect(label(' green tea ')).toBe('GREEN TEA');",
        "    expect(\n      label(' green tea '),\n    ).toBe(\n      'GREEN TEA',\n    );",
      ],
    ],
  },
  {
    name: 'black',
    edits: [
      [
        py,
        '@pytest.mark.parametrize("amount, expected", [(100, 1.5), (200, 3.0), (350, 5.25)])',
        '@pytest.mark.parametrize(\n    "amount, expected",\n    [\n        (100, 1.5),\n        (200, 3.0),\n        (350, 5.25),\n    ],\n)',
      ],
    ],
  },
  {
    name: 'gofmt',
    edits: [
      [
        go,
        '\t\trequire.Equal(t, tt.want, Parse(tt.text))',
        '\t\trequire.Equal(\n\t\t\tt,\n\t\t\ttt.want,\n\t\t\tParse(tt.text),\n\t\t)',
      ],
    ],
  },
  {
    name: 'rustfmt',
    edits: [
      [
        rust,
        'assert_eq!(area(u32::MAX, 2), u32::MAX, "overflow");',
        'assert_eq!(\n            area(u32::MAX, 2),\n            u32::MAX,\n            "overflow",\n        );',
      ],
    ],
  },
  {
    name: 'comments',
    edits: [
      [
        js,
        "  it('labels', () => {",
        "  // Names are shown in capitals; never skip this.\n  it('labels', () => {",
      ],
    ],
  },
  {
    name: 'a text that speaks of a suppression',
    edits: [
      [
        'src/cart.js',
        '  return name.trim',
        "  console.log('eslint-disable // @ts-ignore');\n  return name.trim",
      ],
    ],
  },
];

const configured: readonly HonestChange[] = [
  { name: 'another test runner', edits: [['package.json', '"jest --ci test src"', '"vitest run test src"']] },
  {
    name: 'another script',
    edits: [
      [
        'package.json',
        '"start": "node src/main.js"',
        '"start": "node src/main.js",\n    "build": "esbuild src"',
      ],
    ],
  },
  {
    name: 'a script that starts the program',
    edits: [['package.json', '"node src/main.js"', '"node --enable-source-maps src/main.js"']],
  },
  { name: 'another path to test', edits: [['Makefile', 'pytest tests', 'pytest tests app']] },
  { name: 'a newer action', edits: [[ci, 'actions/checkout@v4', 'actions/checkout@v5']] },
  { name: 'another name of a step', edits: [[ci, '- name: Test', '- name: All tests']] },
  {
    name: 'a step in another order',
    edits: [
      [ci, '      - name: Test\n        run: npm test\n', ''],
      [
        ci,
        '          pytest tests app\n',
        '          pytest tests app\n      - name: Test\n        run: npm test\n',
      ],
    ],
  },
  { name: 'a build folder left out', edits: [['tsconfig.json', '["dist"]', '["dist", "build"]']] },
  {
    name: 'a node_modules left out',
    edits: [['eslint.config.js', "['dist/']", "['dist/', '**/node_modules/**']"]],
  },
  {
    name: 'a JavaScript option',
    edits: [['tsconfig.json', '"strict": true', '"target": "es2024", "strict": true']],
  },
  {
    name: 'a rule by name',
    edits: [['.eslintrc.json', '"no-console": "warn"', '"no-console": "warn", "prefer-const": "error"']],
  },
  {
    name: 'a dependency',
    edits: [['Cargo.toml', '[lints.clippy]', '[dependencies]\nserde = "1"\n\n[lints.clippy]']],
  },
  {
    name: 'a new snapshot',
    edits: [
      [
        'test/__snapshots__/cart.test.js.snap',
        '"Items: 2"\n`;\n',
        '"Items: 2"\n`;\n\nexports[`cart prints 2`] = `"Empty"`;\n',
      ],
    ],
  },
  { name: 'a fixture', edits: [['tests/conftest.py', '    return object()', '    return {"open": True}']] },
  {
    name: 'a program that exits',
    edits: [['app/main.py', 'import sys\n\n\ndef main():\n    sys.exit(0)\n']],
  },
];

export const honestChanges: Readonly<Record<string, readonly HonestChange[]>> = {
  renames: renamed,
  moves: moved,
  strengthens: strengthened,
  rewrites: rewritten,
  formats: formatted,
  configures: configured,
};
