// Runs scripts of package.json with the project's own Node first on the PATH.
import { join } from 'node:path';
import { runProcess } from '../../shared/host/processes.ts';
import { projectRoot } from './testFiles.ts';

/** Runs a script of package.json, its output shown as it comes unless `onOutput` takes it; returns its exit code. */
export async function runScript(
  name: string,
  signal: AbortSignal,
  onOutput: (chunk: Buffer) => void = (chunk) => void process.stdout.write(chunk),
): Promise<number> {
  const { exitCode } = await runProcess({
    file: 'npm',
    args: ['run', '--silent', name],
    cwd: projectRoot,
    env: {
      ...process.env,
      PATH: `${join(projectRoot, 'node_modules', '.bin')}:${process.env['PATH'] ?? ''}`,
    },
    signal,
    onStdout: onOutput,
    onStderr: onOutput,
  });
  return exitCode;
}
