// What commands may read of the machine: tool chains wherever the PATH leads, and never what a home or the data folder keeps.
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, sep } from 'node:path';
import { readablePaths } from '../../../runner/sandbox/readablePaths.ts';
import { SandboxWorld } from './sandboxWorld.ts';

/** Relative to the home, each with a secret in it. */
const secrets = [
  '.cargo/credentials.toml',
  '.ssh/id_ed25519',
  '.local/share/nightjar/nightjar.sqlite',
  '.local/share/keyrings/login.keyring',
  '.npmrc',
  '.config/gh/hosts.yml',
  '.aws/credentials',
  'project/.env',
  '.docker/config.json',
  '.fly/config.yml',
  '.foundry/keystores/main',
  '.pulumi/credentials.json',
];

describe('what commands may read of the machine', () => {
  let root: string;
  let home: string;
  let dataFolder: string;
  beforeEach(() => {
    root = realpathSync(mkdtempSync(join(tmpdir(), 'nightjar-readable-')));
    home = join(root, 'home');
    dataFolder = join(home, '.local/share/nightjar');
    for (const secret of secrets) write(join(home, secret));
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const write = (file: string): void => {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, 'SECRET');
  };
  const made = (path: string): string => {
    mkdirSync(path, { recursive: true });
    return path;
  };
  const allowedWith = (
    path: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): readonly string[] =>
    readablePaths({ HOME: home, PATH: path.join(delimiter), ...env }, { extra: [], hidden: [dataFolder] })
      .allowed;
  const opens = (allowed: readonly string[], path: string): boolean =>
    allowed.some((one) => path === one || path.startsWith(one + sep));
  const openedSecrets = (allowed: readonly string[]): string[] =>
    secrets.filter((secret) => opens(allowed, join(home, secret)));

  const entries: Readonly<Record<string, () => string>> = {
    'the programs of cargo': () => made(join(home, '.cargo/bin')),
    'programs of one’s own': () => made(join(home, '.local/bin')),
    'a folder called bin in the home': () => made(join(home, 'bin')),
    'the home itself': () => home,
    'its parent': () => root,
    'the root': () => '/',
    'the data folder': () => dataFolder,
    'a folder called bin in the data folder': () => made(join(dataFolder, 'bin')),
    'a folder above the data folder': () => join(home, '.local/share'),
    'a bin beside the data folder': () => made(join(home, '.local/share/bin')),
    'a link to the home': () => linked(home, join(root, 'linked')),
    'a link to the data folder': () => linked(dataFolder, join(root, 'linked')),
    'a link called bin to the home': () => linked(home, join(made(join(root, 'tool')), 'bin')),
    'a link to the folder above the data folder': () => linked(join(home, '.local'), join(root, 'linked')),
    'a link called bin to the programs of cargo': () =>
      linked(made(join(home, '.cargo/bin')), join(made(join(root, 'tool')), 'bin')),
    'a link to a folder called .cargo': () =>
      join(linked(join(home, '.cargo'), join(root, 'rust')), made(join(home, '.cargo/bin')) && 'bin'),
    'the programs of a service’s client': () => made(join(home, '.fly/bin')),
    'the programs of another one': () => made(join(home, '.docker/bin')),
    'a link to such a client': () => `${linked(join(home, '.pulumi'), join(root, 'client'))}/bin`,
    'a workspace in the data folder': () => made(join(dataFolder, 'workspaces/one/files/node_modules/.bin')),
    'a way back': () => `${made(join(home, 'tool/bin'))}/../../.ssh/..`,
    'a slash at its end': () => `${made(join(home, '.cargo/bin'))}/`,
    'a relative path': () => '.',
    'an empty one, which means the current folder': () => '',
  };
  for (const [name, entry] of Object.entries(entries)) {
    it(`opens no secret through a PATH with ${name}`, () => {
      const allowed = allowedWith([entry()]);
      assert.deepEqual(openedSecrets(allowed), []);
      assert.deepEqual(
        allowed.filter((path) => path === dataFolder || path.startsWith(dataFolder + sep)),
        [],
      );
    });
  }
  for (const variable of ['GOROOT', 'JAVA_HOME', 'NVM_DIR', 'PYENV_ROOT', 'RUSTUP_HOME', 'VOLTA_HOME']) {
    it(`opens no secret through ${variable}, wherever it points`, () => {
      for (const target of [
        home,
        root,
        '/',
        dataFolder,
        join(home, '.local'),
        linked(home, join(root, variable)),
      ])
        assert.deepEqual(openedSecrets(allowedWith([], { [variable]: target })), [], target);
    });
  }

  it('opens the tool chain that a folder of programs belongs to, where a link leads too', () => {
    const tool = made(join(home, 'tools/node-24'));
    write(join(tool, 'lib/module.js'));
    made(join(tool, 'bin'));
    assert.ok(opens(allowedWith([join(tool, 'bin')]), join(tool, 'lib/module.js')));
    const current = linked(tool, join(home, 'tools/current'));
    assert.ok(opens(allowedWith([join(current, 'bin')]), join(tool, 'lib/module.js')));
    const cargo = made(join(home, '.cargo/bin'));
    assert.ok(opens(allowedWith([cargo]), join(cargo, 'cargo')));
    for (const chain of ['.pyenv/shims', '.ghcup/bin', 'project/.venv/bin']) {
      const programs = made(join(home, chain));
      assert.ok(opens(allowedWith([programs]), join(dirname(programs), 'lib')), chain);
    }
    const java = made(join(home, 'java'));
    assert.ok(opens(allowedWith([], { JAVA_HOME: java }), join(java, 'bin/java')));
  });

  it('opens what a program on the PATH is a link to, with its own Python or packages, and nothing beside it', () => {
    const program = (path: string): string => {
      write(join(home, path));
      chmodSync(join(home, path), 0o755);
      return join(home, path);
    };
    const bin = made(join(home, '.local/bin'));
    const venv = join(home, '.local/share/pipx/venvs/black');
    write(join(venv, 'pyvenv.cfg'));
    linked(program('.local/share/pipx/venvs/black/bin/black'), join(bin, 'black'));
    const python = program('.local/share/uv/python/cpython-3.13/bin/python3.13');
    linked(python, join(venv, 'bin/python'));
    linked(program('.local/lib/node_modules/tool/cli.js'), join(bin, 'tool'));
    linked(program('project/run.sh'), join(bin, 'run'));
    // None of these is a program; one leads to the data folder.
    linked(join(home, '.ssh/id_ed25519'), join(bin, 'key'));
    linked(home, join(bin, 'home'));
    linked(program('.local/share/nightjar/tool'), join(bin, 'data'));
    linked(join(home, 'nowhere'), join(bin, 'nowhere'));
    const allowed = allowedWith([bin]);
    for (const path of [
      ...[join(venv, 'lib/black.py'), join(home, '.local/share/uv/python/cpython-3.13/lib/os.py')],
      ...[join(home, '.local/lib/node_modules/needed/index.js'), join(home, 'project/run.sh')],
    ])
      assert.ok(opens(allowed, path), path);
    assert.deepEqual(openedSecrets(allowed), []);
    assert.ok(!opens(allowed, join(home, 'project/other.sh')));
    assert.ok(!opens(allowed, join(dataFolder, 'tool')));
    assert.ok(!opens(allowed, join(home, '.local/share/pipx/other')));
  });

  it('names only what is there, each once', () => {
    const tool = made(join(home, 'tools/node-24/bin'));
    const allowed = allowedWith([tool, tool, join(root, 'nowhere/bin')]);
    assert.equal(new Set(allowed).size, allowed.length);
    assert.ok(!allowed.some((path) => path.includes('nowhere')));
    assert.ok(allowed.includes('/usr'));
  });

  it('hides the data folder where it lies in what may be read', async function () {
    this.timeout(60_000);
    const { denied } = readablePaths({ HOME: home }, { extra: [root], hidden: [dataFolder] });
    assert.ok(denied.includes(dataFolder));
    await using world = await SandboxWorld.open({}, [tmpdir()]);
    assert.equal(await world.sandbox.examine(new AbortController().signal), null);
    const line = `cat own ${world.root}/beside; cat ${world.dataFolder}/secret 2>&1`;
    writeFileSync(join(world.root, 'beside'), '\nBESIDE\n');
    const { tail } = await world.run(line);
    assert.match(tail, /^of one\nBESIDE\n/, 'what the owner names can be read');
    assert.doesNotMatch(tail, /SECRET/);
  });

  it('holds for a command: it runs the home’s programs and reads nothing beside them', async function () {
    this.timeout(60_000);
    const cargo = made(join(home, '.cargo/bin'));
    writeFileSync(join(cargo, 'nightjar-tool'), '#!/bin/sh\necho tool\n', { mode: 0o755 });
    const before = { ...process.env };
    Object.assign(process.env, { HOME: home, PATH: [cargo, before['PATH']].join(delimiter) });
    try {
      await using world = await SandboxWorld.open();
      const read = `nightjar-tool; cat ${secrets.map((secret) => join(home, secret)).join(' ')} 2>&1`;
      const inside = await world.run(read);
      assert.match(inside.tail, /^tool\n/);
      assert.doesNotMatch(inside.tail, /SECRET/);
      const outside = await world.run(read, { sandbox: world.plain });
      assert.equal(outside.tail.match(/SECRET/g)?.length, secrets.length);
    } finally {
      Object.assign(process.env, { HOME: before['HOME'], PATH: before['PATH'] });
    }
  });
});

function linked(target: string, link: string): string {
  symlinkSync(target, link);
  return link;
}
