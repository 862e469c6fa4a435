// What the commands of one task may use of the machine, and the shell lines that see to a part of it.
import type { SandboxLimits } from '../tasks/ports.ts';
import { commandVariable } from './launcher.ts';

/**
 * What one process may reserve, beside what the watch lets all of them use: it stops what takes memory faster than the
 * watch looks. Node reserves several times what it uses.
 */
const dataFactor = 4;
const leastDataBytes = 4 * 1024 ** 3;
/** The kernel ends a process without a word, so the watch, which tells why, comes first. */
const cpuGraceMs = 10_000;

/** Variables of the sandbox's own that would only mislead a command. */
const misleading = [
  'CLAUDE_CODE_HOST_HTTP_PROXY_PORT',
  'CLAUDE_CODE_HOST_SOCKS_PROXY_PORT',
  'CLOUDSDK_PROXY_TYPE',
  'CLOUDSDK_PROXY_ADDRESS',
  'CLOUDSDK_PROXY_PORT',
  'CLOUDSDK_PROXY_USERNAME',
  'CLOUDSDK_PROXY_PASSWORD',
  'DOCKER_HTTP_PROXY',
  'DOCKER_HTTPS_PROXY',
  'SANDBOX_RUNTIME',
];

/**
 * The line that sets the limits and becomes the command's shell. `countsProcesses`: only inside a user namespace of
 * its own is the number of processes that of the task and not of the whole user. A limit that the system refuses is
 * left to the watch over the whole command.
 */
export function preludeOf(options: {
  readonly shell: string;
  readonly temporary: string;
  readonly limits: SandboxLimits;
  readonly countsProcesses: boolean;
}): string {
  const { shell, temporary, limits, countsProcesses } = options;
  const dataKib = Math.floor(Math.max(dataFactor * limits.memoryBytes, leastDataBytes) / 1024);
  const lines = [
    'ulimit -c 0',
    `ulimit -n ${limits.openFiles}`,
    `ulimit -d ${dataKib}`,
    `ulimit -t ${Math.ceil((limits.cpuMs + cpuGraceMs) / 1_000)}`,
    `ulimit -f ${Math.floor(limits.diskBytes / 1024)}`,
    ...(countsProcesses ? [`ulimit -u ${limits.processes}`] : []),
    // Where memory runs out on the machine, commands go before the runner does.
    'echo 500 > /proc/self/oom_score_adj',
  ].map((line) => `{ ${line}; } 2>/dev/null`);
  return [
    ...lines,
    `unset ${misleading.join(' ')}`,
    `export TMPDIR=${quoted(temporary)}`,
    `nightjar_line=$${commandVariable}`,
    `unset ${commandVariable}`,
    `exec ${quoted(shell)} -c "$nightjar_line"`,
  ].join('; ');
}

/** A word of a shell line that stands for exactly this text. */
export function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** The line for the shell that a command is; a program with arguments replaces the shell. */
export function lineOf(command: string | readonly string[]): string {
  return typeof command === 'string' ? command : `exec ${command.map(quoted).join(' ')}`;
}
