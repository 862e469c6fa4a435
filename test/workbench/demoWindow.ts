// Opens a folder in the real workbench with the packaged extension, for a person: desktop VS Code if it can be had, else a browser.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveCliPathFromVSCodeExecutablePath } from '@vscode/test-electron';
import { runProcess } from '../../shared/host/processes.ts';
import { chooseVscode, downloadDesktop, hasDisplay } from './desktop.ts';
import { CodeServer } from './server.ts';
import type { Environment } from './serverFolder.ts';
import { packagedExtension } from './session.ts';
import { findProgram } from './systemPackages.ts';

export interface DemoWindow {
  /** The folder to open; the caller owns it. */
  readonly folder: string;
  /** Added to this process's environment, for the extension and the runner that it starts. */
  readonly env: Environment;
  /** Aborting closes the window. */
  readonly signal: AbortSignal;
}

/** Opens the window and returns when the person has closed it, or when `signal` is aborted. */
export async function openDemoWindow(demo: DemoWindow): Promise<void> {
  const env = { ...withoutEditorVariables(process.env), ...demo.env };
  const code = await findDesktop(demo.signal);
  await (code === undefined ? openInBrowser({ ...demo, env }) : openInDesktop(code, { ...demo, env }));
}

/** The command line of desktop VS Code: the installed one, or a downloaded one. */
async function findDesktop(signal: AbortSignal): Promise<string | undefined> {
  const installed = await findProgram('code');
  if (installed !== undefined && hasDisplay() && process.env['NIGHTJAR_WORKBENCH'] !== 'code-server') {
    return installed;
  }
  if ((await chooseVscode(signal)) === 'code-server') return undefined;
  return resolveCliPathFromVSCodeExecutablePath(await downloadDesktop());
}

/** A window with settings and extensions of its own: the person's are left alone. */
async function openInDesktop(code: string, { folder, env, signal }: DemoWindow): Promise<void> {
  const profile = await mkdtemp(join(tmpdir(), 'nightjar-demo-'));
  const profileArguments = [
    '--user-data-dir',
    join(profile, 'user'),
    '--extensions-dir',
    join(profile, 'extensions'),
  ];
  try {
    for (const args of [
      ['--install-extension', packagedExtension],
      ['--new-window', '--wait', '--disable-workspace-trust', folder],
    ]) {
      const result = await runProcess({ file: code, args: [...profileArguments, ...args], env, signal });
      if (result.exitCode !== 0)
        throw new Error(`${code} ${args.join(' ')} failed: ${result.stderr.toString()}`);
    }
  } finally {
    await rm(profile, { recursive: true, force: true });
  }
}

async function openInBrowser({ folder, env, signal }: DemoWindow): Promise<void> {
  await using server = await CodeServer.start({ vsixFiles: [packagedExtension], env, signal });
  const address = server.addressOf(folder);
  console.log(`Open ${address} in a browser on this machine. Ctrl+C ends the demo.`);
  const opener = await findProgram(process.platform === 'darwin' ? 'open' : 'xdg-open');
  if (opener !== undefined && hasDisplay()) {
    await runProcess({ file: opener, args: [address], env: process.env, signal });
  }
  if (signal.aborted) return;
  await new Promise((resolve) => {
    signal.addEventListener('abort', resolve, { once: true });
  });
}

/** What an editor or npm around this process set would confuse the new window. */
function withoutEditorVariables(env: Environment): Environment {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(?:VSCODE_|ELECTRON_|NODE_OPTIONS$|npm_)/.test(name)),
  );
}
