// A sandbox that isolates nothing, for tests of what runs inside one; places in it, and limits for it.
import { join } from 'node:path';
import { Masker } from '../../shared/secrets/masker.ts';
import { createPlainLauncher } from '../../runner/sandbox/plainLauncher.ts';
import { createSandbox, type OpenSandbox } from '../../runner/sandbox/sandbox.ts';
import { UseWatch } from '../../runner/sandbox/useWatch.ts';
import type { SandboxLimits, SandboxPlace } from '../../runner/tasks/ports.ts';

export const wideLimits: SandboxLimits = {
  processes: 2_000,
  memoryBytes: 8 * 1024 ** 3,
  cpuMs: 3_600_000,
  diskBytes: 10 * 1024 ** 3,
  openFiles: 4_096,
  printedBytes: 1024 ** 3,
};

/** `folder`: absolute, for what the sandbox keeps for itself. */
export function plainSandbox(folder: string, outputLimitBytes = 64 * 1024 * 1024): OpenSandbox {
  return createSandbox({
    launcher: createPlainLauncher('none', wideLimits),
    masker: new Masker(),
    watch: new UseWatch({ limits: wideLimits, measureBytes: async () => 0 }),
    outputLimitBytes,
    commandsFolder: join(folder, 'commands'),
    trialFolder: join(folder, 'trial'),
  });
}

/** A place without network for a workspace (absolute). */
export function placeIn(workspace: string, changes: Partial<SandboxPlace> = {}): SandboxPlace {
  return {
    taskId: 'task-1',
    workspace,
    readable: [],
    network: { mode: 'off', hosts: [] },
    secrets: [],
    ...changes,
  };
}
