// Runs scripts of package.json with the project's own Node first on the PATH.
import { join } from 'node:path';
import { runProcess } from '../../shared/host/processes.ts';
import { projectRoot } from './testFiles.ts';

/** Runs a script of package.json, its output shown as it comes; returns its exit code. */
export async function runScript(name: string, signal: AbortSignal): Promise<number> {
  const { exitCode } = await runProcess({
    file: 'npm',
    args: ['run', '--silent', name],
    cwd: projectRoot,
    env: {
      ...process.env,
      PATH: `${join(projectRoot, 'node_modules', '.bin')}:${process.env['PATH'] ?? ''}`,
    },
    signal,
    onStdout: (chunk) => process.stdout.write(chunk),
    onStderr: (chunk) => process.stderr.write(chunk),
  });
  return exitCode;
}
