// In what order and in which company test files run: the long ones first, the short ones in batches, some of them alone.

/** What begins first, the longest in front, so that no processor is idle at the end. Only the order depends on it. */
export const longFiles: readonly string[] = [
  'test/runner/workspaces/hostileRepository.test.ts',
  'test/extension/webview/taskPanel.test.ts',
  'test/runner/cli/commands.test.ts',
  'test/shared/repository/bundle.test.ts',
  'test/shared/repository/receiveResult.test.ts',
  'test/runner/workspaces/ground.test.ts',
  'test/runner/server/events.test.ts',
  'test/runner/workspaces/stores.test.ts',
  'test/runner/workspaces/workspaces.test.ts',
  'test/runner/cli/network.test.ts',
  'test/runner/severalOwners.test.ts',
  'test/shared/repository/checkOut.test.ts',
  'test/demo/demo.test.ts',
  'test/runner/workspaces/setUpCache.test.ts',
  'test/runner/workspaces/housekeeping.test.ts',
  'test/endToEnd/crashAtEachEvent.test.ts',
  'test/endToEnd/crashInGit.test.ts',
  'test/endToEnd/crashWhileShipping.test.ts',
  'test/endToEnd/proof.test.ts',
  'test/endToEnd/crashInStep.test.ts',
  'test/endToEnd/evidence.test.ts',
  'test/endToEnd/interruption.test.ts',
  'test/endToEnd/setUpCache.test.ts',
  'test/endToEnd/sandbox.test.ts',
  'test/endToEnd/housekeeping.test.ts',
  'test/endToEnd/handOff.test.ts',
  'test/endToEnd/soak.test.ts',
  'test/endToEnd/badInput.test.ts',
  'test/endToEnd/deadlyTask.test.ts',
];

/** What must have the machine for itself, and why; it runs when everything else of its layer is through. */
export const loneFiles: Readonly<Record<string, string>> = {
  'test/runner/agents/openAiClient.test.ts': 'tells silence from slowness, and measures how soon a call ends',
  'test/runner/sandbox/limits.test.ts':
    'uses up processes, memory and disk, and looks at what is left of them',
  'test/workbench/package.test.ts': 'makes dist/ anew, from which other files start a runner',
};

export interface Schedule {
  /** Each in a process of its own, in this order, as many beside each other as there are workers. */
  readonly batches: readonly (readonly string[])[];
  /** The same, one after another, after all others. */
  readonly alone: readonly (readonly string[])[];
}

/** Few batches, since each starts a process; yet so many that none is left with a long one at the end. */
const batchesPerWorker = 4;

export function scheduleOf(
  files: readonly string[],
  workers: number,
  { long = longFiles, lone = loneFiles }: { long?: typeof longFiles; lone?: typeof loneFiles } = {},
): Schedule {
  const first = long.filter((file) => files.includes(file) && !(file in lone));
  const others = files.filter((file) => !long.includes(file) && !(file in lone));
  const size = Math.ceil(others.length / (workers * batchesPerWorker));
  const batches = first.map((file) => [file]);
  for (let start = 0; start < others.length; start += size) batches.push(others.slice(start, start + size));
  return { batches, alone: files.filter((file) => file in lone).map((file) => [file]) };
}
