// Folders that a command may use besides its workspace; they lie beside it and go with it.
import { dirname, join } from 'node:path';

/** Absolute, there or not; `workspace` is absolute. */
export function privateFolders(workspace: string): { readonly home: string; readonly temporary: string } {
  return { home: join(dirname(workspace), 'home'), temporary: join(dirname(workspace), 'tmp') };
}
