// The temporary folder of one code-server: user settings, extensions, and an environment that keeps everything inside of it.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endRunner } from '../support/endRunner.ts';

export const themes = {
  light: 'Light Modern',
  dark: 'Dark Modern',
  highContrast: 'Default High Contrast',
} as const;
export type Theme = keyof typeof themes;
export type Settings = Readonly<Record<string, unknown>>;
export type Environment = Readonly<Record<string, string | undefined>>;

const quietSettings: Settings = {
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  // The web's default is to save after a delay; the desktop's is not.
  'files.autoSave': 'off',
  'telemetry.telemetryLevel': 'off',
  'window.autoDetectColorScheme': false,
  'workbench.colorTheme': themes.dark,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.startupEditor': 'none',
};

/** Owned by the server that uses it; dispose it when the server has ended. */
export class ServerFolder implements AsyncDisposable {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  static async create(): Promise<ServerFolder> {
    const folder = new ServerFolder(await mkdtemp(join(tmpdir(), 'nightjar-workbench-')));
    for (const name of ['home', 'temporary', 'extensions', join('user', 'User')]) {
      await mkdir(join(folder.path, name), { recursive: true, mode: 0o700 });
    }
    await writeFile(join(folder.path, 'config.yaml'), 'auth: none\n');
    return folder;
  }

  /** Data of the local runner that the extension starts. */
  get #dataFolder(): string {
    return join(this.path, 'data');
  }

  /** Writes the user settings with which the server starts: those that keep it quiet, and `added`. */
  async writeSettings(added: Settings): Promise<void> {
    const text = JSON.stringify({ ...quietSettings, ...added }, undefined, 2);
    await writeFile(join(this.path, 'user', 'User', 'settings.json'), text);
  }

  /** The arguments that make code-server use this folder instead of the user's home. */
  arguments(): string[] {
    return [
      ...['--config', join(this.path, 'config.yaml')],
      ...['--user-data-dir', join(this.path, 'user')],
      ...['--extensions-dir', join(this.path, 'extensions')],
    ];
  }

  /** The server's whole environment: the PATH, what the caller adds; HOME and the runner's data here unless the caller names others. */
  environment(added: Environment): Environment {
    const temporary = join(this.path, 'temporary');
    return {
      PATH: process.env['PATH'],
      LANG: process.env['LANG'],
      HOME: join(this.path, 'home'),
      NIGHTJAR_DATA: this.#dataFolder,
      ...added,
      EXTENSIONS_GALLERY: '{"serviceUrl":""}',
      TMPDIR: temporary,
      XDG_RUNTIME_DIR: temporary,
      XDG_DATA_HOME: temporary,
      XDG_CACHE_HOME: temporary,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await endRunner(this.#dataFolder);
    await rm(this.path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}
