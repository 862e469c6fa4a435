// A small project in six languages with its checks: what cheats and honest changes alike begin from.

/** Path to text. */
export const baseProject: Readonly<Record<string, string>> = {
  'src/cart.js': `export function total(items) {
  if (items === null) return 0;
  return items.reduce((sum, item) => sum + item.price * item.count, 0);
}

export function label(name) {
  return name.trim().toUpperCase();
}
`,
  'test/cart.test.js': `import { total, label } from '../src/cart.js';

describe('cart', () => {
  it('adds up', () => {
    const items = [{ price: 20, count: 2 }, { price: 5, count: 1 }];
    expect(total(items)).toBe(45);
    expect(items).toHaveLength(2);
  });

  it('is empty at first', () => {
    expect(total([])).toBe(0);
  });

  it('labels', () => {
    expect(label(' green tea ')).toBe('GREEN TEA');
  });

  it.each([
    [1, 20],
    [2, 40],
    [3, 60],
  ])('multiplies %i', (count, expected) => {
    expect(total([{ price: 20, count }])).toEqual(expected);
  });

  it('refuses nonsense', () => {
    expect(() => total(7)).toThrow(TypeError);
  });
});
`,
  'src/money.ts': `export interface Money {
  readonly cents: number;
}

export function parse(text: string): Money {
  const [euros = '0', cents = '00'] = text.split('.');
  return { cents: Number(euros) * 100 + Number(cents) };
}

export function rate(from: string, to: string): number {
  return table[from + to] ?? Number.NaN;
}
`,
  'src/money.test.ts': `import { expect, test, describe } from 'vitest';
import { parse, rate } from './money.ts';

describe('money', () => {
  test('is parsed', () => {
    const money = parse('12.34');
    expect(money).toEqual({ cents: 1234 });
    expect(money.cents).toBeGreaterThan(0);
  });

  test('has rates', async () => {
    await expect(load()).resolves.toBe('loaded');
    expect(rate('EUR', 'USD')).toBeCloseTo(1.0834, 4);
  });

  test('is shown', () => {
    expect(show({ cents: 5 })).toMatchInlineSnapshot('"0.05"');
  });
});
`,
  'app/orders.py': `import re


def slug(title):
    words = re.findall(r"[a-z0-9]+", title.lower())
    return "-".join(words)


def fee(amount):
    return round(amount * 0.015, 2)
`,
  'tests/test_orders.py': `import pytest
from app.orders import slug, fee


def check_slug(text):
    assert text == text.lower()


def test_slug():
    assert slug("Hello, World") == "hello-world"
    assert slug("a  b") == "a-b"
    check_slug(slug("X Y"))


@pytest.mark.parametrize("amount, expected", [(100, 1.5), (200, 3.0), (350, 5.25)])
def test_fee(amount, expected):
    assert fee(amount) == pytest.approx(expected, rel=1e-6)


def test_fee_refuses_text():
    with pytest.raises(TypeError, match="multiply"):
        fee("ten")


class TestMore:
    def test_empty(self):
        assert slug("") == ""
`,
  'tests/test_stock.py': `import unittest
from app.stock import Stock


class StockTest(unittest.TestCase):
    def test_count(self):
        stock = Stock({"tea": 3})
        self.assertEqual(stock.count("tea"), 3)
        self.assertIn("tea", stock.names())

    def test_weight(self):
        self.assertAlmostEqual(Stock.weight(3), 0.75, places=5)

    def test_missing(self):
        with self.assertRaises(KeyError):
            Stock({}).count("tea")
`,
  'price.go': `package price

import "strings"

func Parse(text string) int {
	text = strings.TrimSpace(text)
	return atoi(text)
}
`,
  'price_test.go': `package price

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	got := Parse(" 1250 ")
	if got != 1250 {
		t.Errorf("got %d", got)
	}
}

func TestParseTable(t *testing.T) {
	tests := []struct {
		text string
		want int
	}{
		{"1", 1},
		{"22", 22},
		{"333", 333},
	}
	for _, tt := range tests {
		require.Equal(t, tt.want, Parse(tt.text))
	}
}

func TestParseRefuses(t *testing.T) {
	t.Run("empty", func(t *testing.T) {
		require.Error(t, Check(""))
	})
	t.Run("words", func(t *testing.T) {
		require.EqualError(t, Check("ten"), "no number: ten")
	})
}
`,
  'src/lib.rs': `pub fn area(width: u32, height: u32) -> u32 {
    let product = width.checked_mul(height);
    product.unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multiplies() {
        assert_eq!(area(12, 30), 360);
        assert!(area(1, 1) == 1);
    }

    #[test]
    fn stops_at_the_end() {
        assert_eq!(area(u32::MAX, 2), u32::MAX, "overflow");
    }
}
`,
  'src/main/java/shop/Price.java': `package shop;

class Price {
  String show(int cents) {
    return String.format("%d.%02d", cents / 100, cents % 100);
  }
}
`,
  'src/test/java/shop/PriceTest.java': `package shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.*;

class PriceTest {
  @Test
  void showsCents() {
    assertEquals("12.05", new Price().show(1205));
    assertThat(new Price().show(7)).isEqualTo("0.07");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 20, 300})
  void showsAny(int cents) {
    assertTrue(new Price().show(cents).contains("."));
  }

  @Test
  void refuses() {
    assertThrows(IllegalArgumentException.class, () -> new Price().show(-1));
  }
}
`,
  'spec/cart_spec.rb': `describe 'cart' do
  it 'adds up' do
    expect(total([1, 2])).to eq(3)
    expect(total([])).to eq(0)
  end

  it 'refuses' do
    expect { total(nil) }.to raise_error(TypeError)
  end
end
`,
  'tests/StockTest.php': `<?php
class StockTest extends TestCase
{
    public function testCount(): void
    {
        $this->assertSame(3, $this->stock->count('tea'));
    }
}
`,
  'test/__snapshots__/cart.test.js.snap': `exports[\`cart prints 1\`] = \`
"Total: 45"
"Items: 2"
\`;
`,
  'package.json': `{
  "name": "shop",
  "scripts": {
    "test": "jest --ci test src",
    "lint": "eslint . --max-warnings 0",
    "typecheck": "tsc --noEmit",
    "check": "npm run lint && npm run typecheck && npm test",
    "start": "node src/main.js"
  },
  "jest": {
    "coverageThreshold": { "global": { "lines": 90, "branches": 80 } },
    "testPathIgnorePatterns": ["/node_modules/"]
  }
}
`,
  'tsconfig.json': `{
  // Strict on purpose.
  "compilerOptions": { "strict": true, "noUncheckedIndexedAccess": true, "skipLibCheck": false },
  "include": ["src", "test"],
  "exclude": ["dist"]
}
`,
  '.eslintrc.json': `{
  "rules": { "no-unused-vars": "error", "eqeqeq": ["error", "always"], "no-console": "warn" },
  "ignorePatterns": ["dist"]
}
`,
  'eslint.config.js': `export default [
  { ignores: ['dist/'] },
  { rules: { 'no-undef': 'error', complexity: ['warn', 10] } },
];
`,
  'vitest.config.ts': `export default defineConfig({
  test: { coverage: { thresholds: { lines: 85, functions: 85 } }, exclude: ['dist'] },
});
`,
  'biome.json': `{ "linter": { "enabled": true, "rules": { "suspicious": { "noExplicitAny": "error" } } } }
`,
  'pyproject.toml': `[project]
name = "shop"

[tool.pytest.ini_options]
addopts = "--strict-markers tests app"

[tool.mypy]
strict = true
exclude = ["build"]

[tool.ruff.lint]
select = ["E", "F", "B"]
ignore = [
    "E501",
]

[tool.coverage.report]
fail_under = 92
`,
  'mypy.ini': `[mypy]
disallow_untyped_defs = True

[mypy-app.*]
warn_return_any = True
`,
  '.golangci.yml': `linters:
  enable:
    - errcheck
    - govet
`,
  'Cargo.toml': `[package]
name = "shop"

[lints.clippy]
unwrap_used = "deny"
`,
  '.github/workflows/ci.yml': `on: push
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v4
      - run: npm ci
      - name: Test
        run: npm test
      - run: |
          npm run lint
          pytest tests app
`,
  Makefile: `test:
	go test ./...
	pytest tests

lint:
	golangci-lint run
`,
  'scripts/test.sh': `#!/bin/sh
set -e
npx mocha test
cargo test --all
`,
  'tests/conftest.py': `import pytest


@pytest.fixture
def shop():
    return object()
`,
  'pom.xml': `<project>
  <properties>
    <java.version>21</java.version>
  </properties>
</project>
`,
};

/** Replaces a piece of text that stands exactly once; `path -> null` in place of it deletes, `[path, text]` writes. */
export type Edit =
  | readonly [path: string, from: string, to: string]
  | readonly [path: string, text: string | null]
  | { readonly move: string; readonly to: string };
