// The environment in which a client starts the local runner: the user's own, without the editor's.

const editorVariable = /^(?:VSCODE_|ELECTRON_)|^NODE_OPTIONS$/i;

/** `env` without what belongs to the editor's own process, set so that Electron's program acts as Node. */
export function cleanRunnerEnvironment(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const kept = Object.entries(env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !editorVariable.test(entry[0]),
  );
  return { ...Object.fromEntries(kept), ELECTRON_RUN_AS_NODE: '1', ELECTRON_NO_ASAR: '1' };
}
