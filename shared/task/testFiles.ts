// Which files of a repository are tests, by the usual names in each language.

/** The names that test runners look for. */
const testNames: readonly RegExp[] = [
  // JavaScript and TypeScript: a.test.ts, a-spec.js, test.mjs, a.cy.ts
  /(?:^|[._-])(?:test|tests|spec|specs|cy|e2e)\.[cm]?[jt]sx?$/i,
  /^test[-_.].*\.[cm]?[jt]sx?$/,
  // Python
  /^test_.*\.py$/,
  /_test\.py$/,
  /^tests\.py$/,
  // Go, Rust, C and C++, Dart, Elixir, Ruby
  /_test\.(?:go|rs|c|cc|cpp|cxx|dart|exs|rb|lua|jl)$/,
  /^tests\.rs$/,
  /^test_.*\.(?:rb|c|cc|cpp|lua|jl)$/,
  /_spec\.(?:rb|lua)$/,
  // Java, Kotlin, Scala, Groovy, C#, Swift, PHP
  /(?:Test|Tests|TestCase|IT|Spec)\.(?:java|kt|kts|scala|groovy|cs|fs|vb|swift|php)$/,
  /^Test[A-Z].*\.(?:java|kt)$/,
  // Shell and others
  /\.bats$/,
  /\.t$/,
  /\.feature$/,
];

/** Folders of tests and of what they need. */
const testFolders =
  /(?:^|\/)(?:tests?|__tests__|__mocks__|__snapshots__|__fixtures__|specs?|e2e|cypress|testdata|test-data|src\/(?:test|androidTest|integrationTest))\//i;

/** What tests stand on, wherever it lies. */
const support = /^conftest\.py$|\.snap$|^(?:jest|vitest|mocha|karma)[.-]setup\.[cm]?[jt]sx?$/i;

/** Whether a test runner would take the file (a path with `/`) for a test by its name. */
export function isTestByName(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (testNames.some((pattern) => pattern.test(name))) return true;
  // Cargo takes every file right in `tests/` for one.
  return /(?:^|\/)tests\/[^/]+\.rs$/.test(path);
}

/** Whether the file is a test or belongs to tests: a fixture, a snapshot, what sets them up. */
export function isTestFile(path: string): boolean {
  return isTestByName(path) || testFolders.test(path) || support.test(path.slice(path.lastIndexOf('/') + 1));
}
