// Starts commands as the runner's user, isolated by nothing but their environment: for `off`, and inside a container.
import { shellOn } from './environment.ts';
import type { Launcher } from './launcher.ts';
import { preludeOf } from './limits.ts';
import type { SandboxLimits } from '../tasks/ports.ts';
import { privateFolders } from '../host/privateFolders.ts';

export function createPlainLauncher(provider: 'none' | 'external', limits: SandboxLimits): Launcher {
  return {
    provider,
    isContained: false,
    launchIn: ({ workspace }) => {
      const shell = shellOn(process.env['PATH']);
      const { temporary } = privateFolders(workspace);
      const prelude = preludeOf({ shell, temporary, limits, countsProcesses: false });
      return Promise.resolve({ file: shell, args: ['-c', prelude], takeBlocked: () => Promise.resolve([]) });
    },
    missing: () => Promise.resolve(null),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
