// A suite of tests in one window of the workbench, opened before them and ended after them, with a picture of each failure.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Workbench, type WorkbenchOptions } from './workbench.ts';

export interface JourneyOptions extends Pick<WorkbenchOptions, 'settings' | 'theme'> {
  /** Fills the folder that the window opens, and returns what the extension's environment needs. */
  readonly prepare?: (folder: string) => Promise<NonNullable<WorkbenchOptions['env']>>;
}

/** Defines the suite; `workbench()` is there from the first test on. */
export function describeJourney(
  title: string,
  options: JourneyOptions,
  define: (workbench: () => Workbench) => void,
): void {
  describe(title, () => {
    const stop = new AbortController();
    let folder: string | undefined;
    let opened: Workbench | undefined;

    const workbench = (): Workbench => {
      if (opened === undefined)
        throw new Error('the workbench is opened before the tests, not while they are defined');
      return opened;
    };

    before('opens the workbench', async () => {
      folder = await mkdtemp(join(tmpdir(), 'nightjar-journey-'));
      const { prepare, ...look } = options;
      const env = (await prepare?.(folder)) ?? {};
      opened = await Workbench.open({ ...look, folder, env, signal: stop.signal });
    });

    afterEach('keeps a picture of a failure', async function () {
      const test = this.currentTest;
      if (test?.isFailed() === true) await opened?.screenshot(`failed ${test.fullTitle()}`);
    });

    after('ends the workbench', async () => {
      await opened?.[Symbol.asyncDispose]();
      stop.abort();
      if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    });

    define(workbench);
  });
}
