// The clean checkout that the checks of one round share, made and set up once and removed after the round.
import type {
  Checkout,
  CheckOutcome,
  Sandbox,
  SandboxPlace,
  SetUps,
  TaskPlace,
  Watch,
  Workspaces,
} from '../tasks/ports.ts';
import { storeIdOf } from '../tasks/access.ts';
import type { Run } from '../tasks/run.ts';

/** Milliseconds that a set-up command may take. */
export const setUpTimeoutMs = 30 * 60_000;

export function placeOf(run: Run): TaskPlace {
  return {
    taskId: run.task.id,
    repositoryId: storeIdOf(run.created.repository.id, run.created.owner),
    snapshot: run.created.snapshot.commit,
  };
}

/** What the task's commands may see and reach where they work in `workspace`, its own or a checkout (absolute). */
export function sandboxPlaceOf(run: Run, workspaces: Workspaces, workspace: string): SandboxPlace {
  const { id, network } = run.task;
  const readable = workspaces.borrowedBy(placeOf(run));
  return { taskId: id, workspace, readable, network, secrets: run.created.secrets ?? [] };
}

export interface OpenCheckout {
  readonly commit: string;
  readonly folder: string;
  /** What every check of the round ends with when the project can't be set up on this commit. */
  readonly failedSetUp: CheckOutcome | null;
}

interface CheckoutCall {
  readonly run: Run;
  readonly commit: string;
  readonly logFile: string;
  readonly watch: Watch;
  readonly signal: AbortSignal;
}

export class Checkouts {
  readonly #workspaces: Workspaces;
  readonly #sandbox: Sandbox;
  readonly #setUps: SetUps;
  readonly #open = new Map<string, OpenCheckout & { readonly checkout: Checkout }>();

  constructor(workspaces: Workspaces, sandbox: Sandbox, setUps: SetUps) {
    this.#workspaces = workspaces;
    this.#sandbox = sandbox;
    this.#setUps = setUps;
  }

  /** The task's checkout of `commit`, set up; one of another commit is removed first. */
  async open(call: CheckoutCall): Promise<OpenCheckout> {
    const taskId = call.run.task.id;
    const known = this.#open.get(taskId);
    if (known?.commit === call.commit) return known;
    await this.close(taskId);
    const opened = await this.#make(call);
    this.#open.set(taskId, opened);
    return opened;
  }

  /** One more checkout, set up, in which nothing has run; the task's other one stays. Disposing removes it. */
  async openAside(call: CheckoutCall): Promise<OpenCheckout & AsyncDisposable> {
    const { checkout, ...opened } = await this.#make(call);
    return { ...opened, [Symbol.asyncDispose]: () => checkout[Symbol.asyncDispose]() };
  }

  async close(taskId: string): Promise<void> {
    const known = this.#open.get(taskId);
    this.#open.delete(taskId);
    await known?.checkout[Symbol.asyncDispose]();
  }

  async #make(call: CheckoutCall): Promise<OpenCheckout & { readonly checkout: Checkout }> {
    const { run, commit, signal } = call;
    const checkout = await this.#workspaces.openCheckout(placeOf(run), commit, signal);
    try {
      const failedSetUp = await this.#setUp(call, checkout.folder);
      return { commit, folder: checkout.folder, failedSetUp, checkout };
    } catch (error) {
      await checkout[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #setUp(
    { run, commit, logFile, watch, signal }: CheckoutCall,
    folder: string,
  ): Promise<CheckOutcome | null> {
    const command = run.created.setUp;
    if (command === null) return null;
    const place = sandboxPlaceOf(run, this.#workspaces, folder);
    const { repositoryId, snapshot } = placeOf(run);
    const shown = { command, place, signal, watch };
    // A set-up of the agent's commit runs scripts that the agent may have written.
    const wanted = { ...shown, repositoryId, commit, isUntouched: commit === snapshot };
    const result = await this.#setUps.share(wanted, () =>
      this.#sandbox.run({ ...shown, timeoutMs: setUpTimeoutMs, logFile }),
    );
    if (result.exitCode === 0) return null;
    const message = `The set-up command failed on this commit with exit code ${result.exitCode}: ${command}`;
    const problem = { file: null, line: null, column: null, severity: 'error', message } as const;
    return { ...result, passed: false, problems: [problem], problemsLeftOut: 0 };
  }
}
