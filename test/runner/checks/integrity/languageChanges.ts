// In each language with a grammar ways to take a test out of the runs, or its say, beside changes that look like them and are honest.
import type { IntegrityKind } from '../../../../shared/task/integrity.ts';

/** One file before, and what becomes of it by the replacement of a text in it. */
interface ChangeRow {
  readonly name: string;
  readonly edit: readonly [from: string, to: string];
  /** None for an honest change. */
  readonly kind?: IntegrityKind;
}

export interface FileChanges {
  readonly path: string;
  readonly before: string;
  readonly rows: readonly ChangeRow[];
}

export const skipped = { kind: 'testSkipped' } as const;
export const deleted = { kind: 'testDeleted' } as const;
const loosened = { kind: 'assertionLoosened' } as const;
const weakened = { kind: 'checkWeakened' } as const;

export const languageChanges: readonly FileChanges[] = [
  {
    path: 'src/load.test.ts',
    before: `const rows = [[1, 10], [2, 20], [3, 30]] as const;
describe('loading', () => {
  const at = now();
  it.each(rows)('scales %i', (n, want) => {
    expect(scale(n)).toBe(want);
  });
  it('loads', () => {
    return load('a').then((text) => expect(text).toBe('loaded'));
  });
  it('refuses', async () => {
    await expect(load('b')).rejects.toThrow('no b');
    const results = [];
    for (const name of names) {
      expect(check(name)).toBe('fine');
      results.push(name);
    }
  });
});
`,
    rows: [
      { name: 'skipIf that always holds', edit: ["it('loads'", "it.skipIf(true)('loads'"], ...skipped },
      { name: 'runIf that never holds', edit: ["describe('", "describe.runIf(false)('"], ...skipped },
      { name: 'skipIf with a reason', edit: ["it('loads'", "it.skipIf(isWindows)('loads'"] },
      { name: 'a suite that returns at once', edit: ['const at = now();', 'return;'], ...skipped },
      { name: 'tests in a branch that never runs', edit: ['  it.each', '  if (false) it.each'], ...skipped },
      { name: 'fewer rows in a constant', edit: [', [3, 30]]', ']'], ...deleted },
      { name: 'rows of elsewhere in a constant', edit: ['[1, 10], [2, 20]', '...others'] },
      { name: 'more rows in a constant', edit: [', [3, 30]]', ', [3, 30], [4, 40]]'] },
      {
        name: 'a rejection that is forgotten',
        edit: ["'loaded'));", "'loaded')).catch(() => {});"],
        ...loosened,
      },
      { name: 'a rejection that is looked at', edit: ["'loaded'));", "'loaded')).catch((e) => fail(e));"] },
      { name: 'a promise that nobody awaits', edit: ['await expect', 'expect'], ...loosened },
      {
        name: 'a promise that is awaited later',
        edit: [
          "await expect(load('b')).rejects.toThrow('no b');",
          "const refused = expect(load('b')).rejects.toThrow('no b');\n    await refused;",
        ],
      },
      {
        name: 'a loop that goes on before it asserts',
        edit: ['      expect(check', '      continue;\n      expect(check'],
        kind: 'assertionRemoved',
      },
      {
        name: 'a loop that goes on where it must',
        edit: ['      expect(check', '      if (name === "") continue;\n      expect(check'],
      },
    ],
  },
  {
    path: 'tests/test_shop.py',
    before: `import pytest

ROWS = [1, 2, 3]


@pytest.mark.parametrize("n", ROWS)
def test_row(n):
    assert twice(n) == 2 * n


@pytest.mark.parametrize(argnames="n", argvalues=[4, 5, 6])
def test_named(n):
    assert twice(n) == 2 * n


class TestShop:
    class TestCart:
        def test_total(self):
            assert total([1, 2]) == 3


class ShopCase(Base):
    def test_open(self):
        assert is_open() is True
`,
    rows: [
      { name: 'fewer rows in a constant', edit: ['[1, 2, 3]', '[1]'], ...deleted },
      { name: 'fewer rows by name', edit: ['[4, 5, 6]', '[4]'], ...deleted },
      { name: 'a class that is not collected', edit: ['class TestShop', 'class ShopTests'], ...skipped },
      { name: 'an inner class that is not collected', edit: ['class TestCart', 'class Cart'], ...skipped },
      {
        name: 'a class with a constructor',
        edit: ['    class TestCart', '    def __init__(self):\n        pass\n\n    class TestCart'],
        ...skipped,
      },
      { name: 'another name for a class', edit: ['class TestShop', 'class TestStore'] },
      { name: 'another name for a class with a parent', edit: ['class ShopCase', 'class StoreCase'] },
      {
        name: 'tests in a branch that never runs',
        edit: ['class ShopCase(Base):\n    def test_open', 'if False:\n    def test_open'],
        ...skipped,
      },
    ],
  },
  {
    path: 'tests/conftest.py',
    before: 'import pytest\n\nSEED = 1\n',
    rows: [
      {
        name: 'files that are not collected',
        edit: ['SEED = 1', 'collect_ignore = ["test_shop.py"]'],
        ...weakened,
      },
      {
        name: 'all tests marked',
        edit: ['SEED = 1', 'def mark(item):\n    item.add_marker(pytest.mark.skip)'],
        ...weakened,
      },
      {
        name: 'reports made green',
        edit: ['SEED = 1', 'def report(r):\n    r.outcome = "passed"'],
        ...weakened,
      },
      {
        name: 'files that another version can’t read',
        edit: [
          'SEED = 1',
          'collect_ignore = []\nif sys.version_info < (3, 14):\n    collect_ignore.append("test_t_strings.py")',
        ],
      },
      { name: 'files that hold no tests', edit: ['SEED = 1', 'collect_ignore = ["setup.py"]'] },
      {
        name: 'one test marked by its name',
        edit: [
          'SEED = 1',
          'def mark(item):\n    if item.name == "test_row":\n        item.add_marker(pytest.mark.skip)',
        ],
        ...weakened,
      },
      {
        name: 'slow tests marked where nobody asks for them',
        edit: [
          'SEED = 1',
          'def mark(item):\n    if "slow" in item.keywords:\n        item.add_marker(pytest.mark.skip)',
        ],
      },
      { name: 'a fixture', edit: ['SEED = 1', '@pytest.fixture\ndef seed():\n    return 1'] },
    ],
  },
  {
    path: 'scale_test.go',
    before: `package scale

import "testing"

func TestScale(t *testing.T) {
	for name, want := range map[string]int{"a": 1, "b": 2, "c": 3} {
		t.Run("one", func(t *testing.T) {
			if got := Scale(name); got != want {
				t.Errorf("got %d", got)
			}
		})
	}
}

func TestLog(t *testing.T) {
	got := Log()
	if want := map[string]int{"x": 1, "y": 2}; !equal(got, want) {
		t.Fatal(got)
	}
}
`,
    rows: [
      { name: 'fewer rows in a map', edit: [', "c": 3', ''], ...deleted },
      { name: 'less in an expected map', edit: [', "y": 2', ''] },
      { name: 'a tag of its own', edit: ['package scale', '//go:build slow\n\npackage scale'], ...skipped },
      { name: 'a tag of a system', edit: ['package scale', '//go:build linux\n\npackage scale'] },
      { name: 'a choice of tags', edit: ['package scale', '//go:build slow || linux\n\npackage scale'] },
      {
        name: 'a return before all',
        edit: ['	for name', '	if true {\n\t\treturn\n\t}\n\tfor name'],
        ...skipped,
      },
      { name: 'a loop that goes on before its test', edit: ['		t.Run', '		continue\n\t\tt.Run'], ...skipped },
      {
        name: 'a main that runs nothing',
        edit: ['func TestLog', 'func TestMain(m *testing.M) {\n}\n\nfunc TestLog'],
        ...weakened,
      },
      {
        name: 'a main that runs them',
        edit: [
          'func TestLog',
          'func TestMain(m *testing.M) {\n\tif isSlow {\n\t\tsetUp()\n\t}\n\tos.Exit(m.Run())\n}\n\nfunc TestLog',
        ],
      },
      {
        name: 'a main that has them run',
        edit: [
          'func TestLog',
          'func TestMain(m *testing.M) {\n\tgoleak.VerifyTestMain(m)\n}\n\nfunc TestLog',
        ],
      },
    ],
  },
  {
    path: 'src/area.rs',
    before: `pub fn area(a: u32) -> u32 { a * a }

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn squares() {
        assert_eq!(area(3), 9);
    }
}
`,
    rows: [
      {
        name: 'a feature that nobody builds',
        edit: ['cfg(test)', 'cfg(all(test, feature = "slow"))'],
        ...skipped,
      },
      { name: 'a usual feature', edit: ['cfg(test)', 'cfg(all(test, feature = "std"))'] },
      { name: 'a choice', edit: ['cfg(test)', 'cfg(any(test, feature = "slow"))'] },
      { name: 'no condition any more', edit: ['#[cfg(test)]\n', ''] },
    ],
  },
  {
    path: 'src/test/java/RateTest.java',
    before: `class RateTest {
  @Test(expected = IllegalStateException.class)
  public void refuses() {
    new Rate(-1);
  }

  @Nested
  class Rounding {
    @Test
    void rounds() {
      assertEquals(2, new Rate(1.6).rounded());
    }
  }
}
`,
    rows: [
      {
        name: 'an error that is no longer expected',
        edit: ['(expected = IllegalStateException.class)', ''],
        kind: 'testEmptied',
      },
      { name: 'any error', edit: ['IllegalStateException', 'Exception'], ...loosened },
      {
        name: 'an error that is expected in other words',
        edit: [
          'Test(expected = IllegalStateException.class)\n  public void refuses() {\n    new Rate(-1);',
          'Test\n  public void refuses() {\n    assertThrows(IllegalStateException.class, () -> new Rate(-1));',
        ],
      },
      { name: 'an inner class that nobody finds', edit: ['  @Nested\n', ''], ...skipped },
      { name: 'a private method', edit: ['    void rounds', '    private void rounds'], ...skipped },
    ],
  },
];
