// Knows the files of a project that have something run as soon as its folder is opened, entered or committed in.

/** Editors, shells, git hooks and agents, each with what reads the file by itself. */
const patterns: readonly RegExp[] = [
  /(^|\/)\.vscode\/(tasks|settings|launch|mcp)\.json$/,
  /\.code-workspace$/,
  /(^|\/)\.devcontainer(\.json$|\/)/,
  /(^|\/)\.idea\/(workspace\.xml$|startup\.xml$|runconfigurations\/)/,
  /(^|\/)\.(exrc|nvimrc|vimrc|nvim\.lua|lvimrc)$/,
  /(^|\/)\.dir-locals(-2)?\.el$/,
  /(^|\/)\.(gdbinit|lldbinit)$/,
  /(^|\/)\.(envrc|autoenv|autoenv\.zsh)$/,
  /(^|\/)\.?mise(\.[\w-]+)?\.toml$/,
  /(^|\/)\.?mise\/config(\.[\w-]+)?\.toml$/,
  /(^|\/)\.(husky|githooks|git-hooks)\//,
  /(^|\/)\.?lefthook(-local)?\.(ya?ml|toml|json)$/,
  /(^|\/)\.pre-commit-config\.yaml$/,
  /(^|\/)\.mcp\.json$/,
  /(^|\/)\.(claude|gemini|cursor|codex)\/(settings(\.local)?\.json|mcp\.json|config\.toml|hooks(\.json|\/))/,
];

/** Whether the file has something run before anybody asks for it; `hooksFolder` is git's own, where it lies in the project. */
export function runsWhenOpened(path: string, hooksFolder: string | null = null): boolean {
  // A file system may take another spelling for the same file.
  const folded = path.toLowerCase();
  if (hooksFolder !== null && folded.startsWith(`${hooksFolder.toLowerCase()}/`)) return true;
  return patterns.some((pattern) => pattern.test(folded));
}
