// A suite of tests in the real workbench: opened before them and ended after them, with a picture of each failure.
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from './serverFolder.ts';
import { WorkbenchSession, type SessionOptions } from './session.ts';
import type { Workbench } from './workbench.ts';

export interface JourneyOptions extends Pick<SessionOptions, 'settings' | 'theme'> {
  /** Fills an empty folder for the journey and starts what it needs. */
  readonly prepare?: (folder: string, resources: AsyncDisposableStack) => Promise<Preparation>;
}

export interface Preparation {
  /** What the window opens: a folder or a `.code-workspace` file; the journey's own folder where nothing is said. */
  readonly open?: string;
  readonly env?: Environment;
}

/** What a journey works with, there from its first test on. */
export interface Journey {
  /** The first window. */
  readonly workbench: Workbench;
  /** Opens further windows. */
  readonly session: WorkbenchSession;
  /** Belongs to the journey, which removes it. */
  readonly folder: string;
}

/** Defines the suite, whose tests build on each other; `journey()` works inside them only. */
export function describeJourney(
  title: string,
  options: JourneyOptions,
  define: (journey: () => Journey) => void,
): void {
  describe(title, () => {
    const stop = new AbortController();
    const resources = new AsyncDisposableStack();
    let started: Journey | undefined;
    let hasFailed = false;

    const journey = (): Journey => {
      if (started === undefined)
        throw new Error('the workbench is opened before the tests, not while they are defined');
      return started;
    };

    before('opens the workbench', async () => {
      const folder = await realpath(await mkdtemp(join(tmpdir(), 'nightjar-journey-')));
      resources.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
      const { prepare, ...look } = options;
      const { open = folder, env = {} } = (await prepare?.(folder, resources)) ?? {};
      const session = resources.use(await WorkbenchSession.start({ ...look, env, signal: stop.signal }));
      started = { session, folder, workbench: await session.open(open) };
    });

    beforeEach('goes on where the journey stands', () => {
      if (hasFailed) throw new Error('an earlier step of this journey failed, and the others build on it');
    });

    afterEach('keeps a picture of a failure', async function () {
      const test = this.currentTest;
      if (test?.isFailed() !== true) return;
      hasFailed = true;
      await started?.session.screenshots(`failed ${test.fullTitle()}`);
    });

    after('ends the workbench', async () => {
      await resources.disposeAsync();
      stop.abort();
    });

    define(journey);
  });
}
