// One run of suites inside an extension host, whichever VS Code has it.

export interface SuiteRun {
  /** The project whose package.json is the extension's manifest. */
  readonly extensionFolder: string;
  /** The program that runs the suites, see `bundleSuites`. */
  readonly suiteRunner: string;
  /** The folder that is open in the window. */
  readonly workspaceFolder: string;
  /** Environment of the suites. */
  readonly env: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}
