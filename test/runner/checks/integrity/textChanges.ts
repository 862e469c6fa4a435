// The same in languages without a grammar, and in commands: what is read as text.
import { deleted, skipped, type FileChanges } from './languageChanges.ts';

export const textChanges: readonly FileChanges[] = [
  {
    path: 'src/test/kotlin/RateTest.kt',
    before: `class RateTest {
    @Test
    fun \`rounds up\`() {
        assertEquals(2, rounded(1.6))
    }

    @Test
    fun other() = runTest {
        assertEquals(4, load())
    }

    @Test fun short() { assertEquals(5, count()) }

    @Ignore @Test fun later() {
        val expected = 6
        assertEquals(expected, count())
    }

    private class Fixture(val amount: Int)
}
`,
    rows: [
      {
        name: 'a test in one line',
        edit: ['    @Test fun short() { assertEquals(5, count()) }\n', ''],
        ...deleted,
      },
      {
        name: 'a function that is no test any more',
        edit: ['    @Test\n    fun other', '    fun other'],
        ...deleted,
      },
      { name: 'nothing in one line', edit: ['{ assertEquals(5, count()) }', '{ }'], kind: 'testEmptied' },
      {
        name: 'several lines for one',
        edit: ['{ assertEquals(5, count()) }', '{\n        assertEquals(5, count())\n    }'],
      },
      {
        name: 'a line for each annotation',
        edit: ['@Ignore @Test fun later', '@Ignore @Test\n    fun later'],
      },
      {
        name: 'the end of a skip',
        edit: ['@Ignore @Test fun later', '@Test fun later'],
      },
      {
        name: 'a skip in the line of the test',
        edit: ['@Test fun short', '@Test @Ignore fun short'],
        ...skipped,
      },
      {
        name: 'what is expected in another line',
        edit: ['assertEquals(4, load())', 'val expected = 4\n        assertEquals(expected, load())'],
      },
      {
        name: 'a function between tests',
        edit: ['    @Test fun', '    private fun load() = 4\n\n    @Test fun'],
      },
    ],
  },
  {
    path: 'tests/RateTests.cs',
    before: `public class RateTests
{
    [Theory]
    [InlineData(1, 10)]
    [InlineData(2, 20)]
    public void Scales(int n, int want)
    {
        Assert.Equal(want, Scale(n));
    }
}
`,
    rows: [
      { name: 'fewer rows', edit: ['    [InlineData(2, 20)]\n', ''], ...deleted },
      { name: 'more rows', edit: ['    [Theory]\n', '    [Theory]\n    [InlineData(0, 0)]\n'] },
      {
        name: 'a row in a test of its own',
        edit: [
          '    [Theory]\n    [InlineData(1, 10)]\n',
          '    [Theory]\n    [InlineData(1, 10)]\n    public void ScalesOne(int n, int want)\n    {\n        Assert.Equal(want, Scale(n));\n    }\n\n    [Theory]\n',
        ],
      },
    ],
  },
  {
    path: 'spec/rate_spec.rb',
    before: `describe 'rate' do
  it 'scales' do
    expect(scale(1)).to eq(10)
  end
end

describe 'more' do
  it 'rounds' do
    expect(rounded(1.6)).to eq(2)
  end
end
`,
    rows: [
      { name: 'a suite that is skipped', edit: ["describe 'rate'", "xdescribe 'rate'"], ...skipped },
      { name: 'another word for a suite', edit: ["describe 'rate'", "context 'rate'"] },
    ],
  },
  {
    path: 'tests/RateTest.php',
    before: `<?php
class RateTest extends TestCase
{
    public function testScales(): void
    {
        $this->assertSame(10, scale(1));
    }
}
`,
    rows: [
      {
        name: 'a test that skips itself',
        edit: ['        $this', '        $this->markTestSkipped();\n        $this'],
        ...skipped,
      },
    ],
  },
  {
    path: '.github/workflows/ci.yml',
    before: `jobs:
  test:
    steps:
      - run: sed -i 's/jest/vitest/' tests/all.test.js
      - run: rm -r tests/old tests/slow
      - run: coverage report
`,
    rows: [
      { name: 'a shorter report', edit: ['coverage report', 'coverage report --skip-covered'] },
      { name: 'less to remove', edit: ['tests/old tests/slow', 'tests/old'] },
      { name: 'nothing to replace', edit: ["      - run: sed -i 's/jest/vitest/' tests/all.test.js\n", ''] },
      {
        name: 'a report that is not run',
        edit: ['      - run: coverage report\n', ''],
        kind: 'checkWeakened',
      },
    ],
  },
];
