// The tools that change nothing: after a crash they are simply called again, and a turn of them needs no checkpoint.

const harmlessTools: ReadonlySet<string> = new Set([
  ...(['read', 'list', 'search', 'readLog', 'ask', 'finish', 'proposeCheck'] as const),
]);

/** Whether a call of this tool may be repeated without a thought. */
export function isHarmless(tool: string): boolean {
  return harmlessTools.has(tool);
}
