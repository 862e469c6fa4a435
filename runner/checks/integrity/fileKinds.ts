// What a file is to the checks of a project, by its path: tests, snapshots, something that nobody wrote by hand.
import { extensionOf, nameOf } from './languages.ts';

const testFolders = /(^|\/)(tests?|__tests__|specs?|e2e|testing|testdata|integration)\//i;
const testNames =
  /^(test_.*|.*_test|.*_spec|conftest|test)\.\w+$|\.(test|spec|e2e|cy)\.\w+$|(Tests?|TestCase|IT|Spec)\.(java|kt|cs|php|scala|swift|groovy)$|^Test\w*\.java$/;

export function isTestPath(path: string): boolean {
  return testFolders.test(path) || testNames.test(nameOf(path));
}

/** Names by which tools find tests: under another one they aren't run. */
export function isCollected(path: string): boolean {
  const name = nameOf(path);
  if (/_test\.go$|^(test_.*|.*_test)\.py$|_spec\.rb$|_test\.exs$/.test(name)) return true;
  return /\.(test|spec)\.[cm]?[jt]sx?$/.test(name) || /(^|\/)__tests__\//.test(path);
}

/** What prepares or reports runs of tests. */
export function isTestSetUp(path: string): boolean {
  return (
    isTestPath(path) ||
    /(^|[./_-])(set-?up|conftest|teardown|hooks|sitecustomize|runner|reporter)[^/]*$/i.test(path)
  );
}

export function isSnapshot(path: string): boolean {
  return (
    /(^|\/)(__snapshots__|__image_snapshots__|snapshots|goldens?)\//.test(path) ||
    /\.(snap|ambr|golden|approved\.\w+|snap\.\w+)$/.test(path) ||
    /-snapshots\/[^/]+\.(txt|png|yml)$/.test(path)
  );
}

const otherSources =
  /^(rb|php|cs|kt|kts|swift|cc|cpp|cxx|c|h|hpp|m|ex|exs|scala|dart|groovy|fs|lua|pl|t|jl|r|vue|svelte|bats|sh)$/;

/** A program's text for which there is no grammar. */
export function isOtherSource(path: string): boolean {
  return otherSources.test(extensionOf(path));
}

/** Characters of a line that a person still reads. */
const longestLine = 5_000;

/** Bundles, fixtures of one line and the like: nobody's tests stand in them. What is named like a test is one, whatever it holds. */
export function isMachineMade(path: string, text: string): boolean {
  if (
    /(^|\/)(node_modules|vendor|third_party|dist)\/|\.min\.\w+$|\.bundle\.\w+$|[-.]lock\.\w+$|\.lock$/.test(
      path,
    )
  )
    return true;
  if (testNames.test(nameOf(path))) return false;
  if (/(^|\/)(build|target)\//.test(path)) return true;
  if (/^(\/\/|#|\/\*).{0,80}(@generated|Code generated .* DO NOT EDIT)/m.test(text.slice(0, 2_000)))
    return true;
  return text.split('\n', 2_000).some((line) => line.length > longestLine);
}
