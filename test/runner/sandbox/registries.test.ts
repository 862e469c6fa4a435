// Where packages come from: read out of what package managers print, asked once a day, kept over a restart.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { hostsIn, Registries } from '../../../runner/sandbox/registries.ts';
import { SandboxWorld } from './sandboxWorld.ts';

const calm = new AbortController().signal;
const dayMs = 24 * 3_600_000;

describe('the hosts in what a package manager prints', () => {
  const rows: readonly (readonly [printed: string, hosts: readonly string[]])[] = [
    ['https://registry.npmjs.org/\n', ['registry.npmjs.org']],
    ['https://pypi.org/simple https://files.pythonhosted.org\n', ['pypi.org', 'files.pythonhosted.org']],
    [
      "global.index-url='https://mirror.example/simple'\nglobal.extra-index-url='http://more.example:8081/x'\n",
      ['mirror.example', 'more.example:8081'],
    ],
    ['https://proxy.golang.org,direct\nsum.golang.org\n', ['proxy.golang.org', 'sum.golang.org']],
    ['https://one.example|https://two.example,off\noff\n', ['one.example', 'two.example']],
    ['*** CURRENT SOURCES ***\n\nhttps://rubygems.org/\n', ['rubygems.org']],
    // Whoever is named in it stays out: a key in an address is no host.
    ['https://user:key@mirror.example:8443/npm/\n', ['mirror.example:8443']],
    ['HTTPS://Mirror.Example/\n', ['mirror.example']],
    ['https://mirror.example/ https://mirror.example/other', ['mirror.example']],
    ['http://10.0.0.7:4873/\nhttp://[fd00::7]:4873/\n', ['10.0.0.7:4873', '[fd00::7]:4873']],
    ['http://localhost:4873/\n', ['localhost:4873']],
    // The sandbox allows no such name; it must not take the others along.
    ['http://nexus:8081/npm/ https://mirror.example/', ['mirror.example']],
    ['undefined\n', []],
    ['', []],
    ['https://\nhttps://%/\nhttp://x.example:99999/\nftp://files.example/\n', []],
    ['npm warn config a b.c\nnot a host.\n../../etc/passwd\n-\n.\n', []],
    ['\u001b[31mhttps://mirror.example/\u001b[0m\n', ['mirror.example']],
  ];
  for (const [printed, hosts] of rows) {
    it(JSON.stringify(printed).slice(0, 80), () => assert.deepEqual(hostsIn(printed), hosts));
  }

  it('are all allowed by the sandbox', async function () {
    this.timeout(60_000);
    await using world = await SandboxWorld.open();
    const hosts = hostsIn(rows.map(([printed]) => printed).join('\n'));
    assert.ok(hosts.length > 8);
    const { tail } = await world.run('echo works', { network: { mode: 'hosts', hosts } });
    assert.equal(tail, 'works\n');
    // The control: a name that is filtered out would have kept the command from running.
    const refused = world.run('echo works', { network: { mode: 'hosts', hosts: ['nexus:8081'] } });
    await assert.rejects(refused, { code: 'sandboxUnavailable' });
  });
});

describe('the package registries of a machine', () => {
  let folder: string;
  let file: string;
  let path: string | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nightjar-registries-'));
    file = join(folder, 'registries.json');
    path = process.env['PATH'];
    answerWith('https://mirror.example/');
    for (const name of ['python3', 'go', 'gem']) program(name, 'exit 1');
    process.env['PATH'] = [folder, path].join(delimiter);
  });
  afterEach(() => {
    process.env['PATH'] = path;
    rmSync(folder, { recursive: true });
  });

  const program = (name: string, line: string): void => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(folder, name), 0o755);
  };
  /** The only package manager here, which counts how often it is asked and shows which keys it is given. */
  const answerWith = (address: string): void =>
    program('npm', `echo "\${OPENAI_API_KEY-}." >> ${folder}/asked; echo ${address}`);
  const timesAsked = (): number =>
    existsSync(join(folder, 'asked'))
      ? readFileSync(join(folder, 'asked'), 'utf8').split('\n').length - 1
      : 0;

  it('are asked once for all who want to know at the same time', async () => {
    const registries = new Registries(null, file);
    const all = await Promise.all([registries.hosts(calm), registries.hosts(calm), registries.hosts(calm)]);
    assert.deepEqual(all, [['mirror.example'], ['mirror.example'], ['mirror.example']]);
    assert.equal(timesAsked(), 1);
    assert.equal(statSync(file).mode & 0o077, 0);
  });

  it('are remembered by the next runner, for a day', async () => {
    await new Registries(null, file).hosts(calm);
    answerWith('https://moved.example/');
    assert.deepEqual(await new Registries(null, file).hosts(calm), ['mirror.example']);
    assert.equal(timesAsked(), 1);
    const tomorrow = new Registries(null, file, () => Date.now() + dayMs + 1);
    assert.deepEqual(await tomorrow.hosts(calm), ['moved.example']);
    assert.equal(timesAsked(), 2);
  });

  it('are asked anew after a day by a runner that runs on, once for all', async () => {
    let passedMs = 0;
    const registries = new Registries(null, file, () => Date.now() + passedMs);
    await registries.hosts(calm);
    answerWith('https://moved.example/');
    passedMs = dayMs - 60_000;
    assert.deepEqual(await registries.hosts(calm), ['mirror.example']);
    passedMs = dayMs + 1;
    const both = await Promise.all([registries.hosts(calm), registries.hosts(calm)]);
    assert.deepEqual(both, [['moved.example'], ['moved.example']]);
    assert.equal(timesAsked(), 2);
  });

  for (const [what, text] of Object.entries({
    cut: '{"askedAt": 1',
    strange: '{"hosts": "all"}',
    empty: '',
  })) {
    it(`are asked where the file is ${what}`, async () => {
      writeFileSync(file, text);
      assert.deepEqual(await new Registries(null, file).hosts(calm), ['mirror.example']);
    });
  }

  it('are those that the owner names, and nobody is asked', async () => {
    assert.deepEqual(await new Registries(['own.example'], file).hosts(calm), ['own.example']);
    assert.deepEqual([timesAsked(), existsSync(file)], [0, false]);
  });

  it('are asked without the keys of the runner', async () => {
    process.env['OPENAI_API_KEY'] = 'planted-secret';
    try {
      await new Registries(null, file).hosts(calm);
      assert.equal(readFileSync(join(folder, 'asked'), 'utf8'), '.\n');
    } finally {
      delete process.env['OPENAI_API_KEY'];
    }
  });

  it('are not waited for by one who gives up, and known to the next', async () => {
    const registries = new Registries(null, file);
    await assert.rejects(registries.hosts(AbortSignal.abort(new Error('no time'))), /no time/);
    assert.deepEqual(await registries.hosts(calm), ['mirror.example']);
    assert.equal(timesAsked(), 1);
  });
});
