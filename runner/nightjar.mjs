#!/usr/bin/env node
// Starts the program under Node 24: in this process, or with the Node that the project brings along.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const neededNode = 24;
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const isNewEnough = Number(process.versions.node.split('.')[0]) >= neededNode;

if (isNewEnough) {
  await import(existsSync(here('main.ts')) ? './main.ts' : '../dist/runner.mjs');
} else {
  const extension = process.platform === 'win32' ? '.exe' : '';
  const packages = [
    `node-${process.platform}-${process.arch}`,
    `node-bin-${process.platform}-${process.arch}`,
    `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`,
  ];
  const node = packages.map((name) => here(`../node_modules/${name}/bin/node${extension}`)).find(existsSync);
  if (node === undefined) {
    console.error(`error: Nightjar needs Node ${neededNode} or newer, and this is ${process.version}.`);
    console.error(
      '       Run "npm install" in Nightjar’s folder, which brings the right one, or install it.',
    );
    process.exitCode = 1;
  } else {
    const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
      stdio: 'inherit',
    });
    // Ctrl+C reaches the child by the terminal; what is sent to this process alone is passed on.
    const isInTerminal = [process.stdin, process.stdout, process.stderr].some((stream) => stream.isTTY);
    process.on('SIGINT', () => isInTerminal || child.kill('SIGINT'));
    for (const name of ['SIGTERM', 'SIGHUP']) process.on(name, () => child.kill(name));
    child.on('exit', (code, name) => {
      process.exitCode = code ?? 128 + constants.signals[name];
    });
  }
}
