// Ways out of the sandbox, each tried inside it, where it must fail, and without it, where it must succeed.
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { OpenSandbox } from '../../../runner/sandbox/sandbox.ts';
import type { SandboxPlace } from '../../../runner/tasks/ports.ts';
import { isAlive } from './processes.ts';
import { Listener, SandboxWorld } from './sandboxWorld.ts';

describe('the sandbox', function () {
  this.timeout(120_000);
  let world: SandboxWorld;
  let victim: ChildProcess;
  let tcp: Listener;
  let abstract: Listener;

  before(async () => {
    world = await SandboxWorld.open();
    victim = spawn('sleep', ['600'], {
      stdio: 'ignore',
      env: { PATH: process.env['PATH'], VICTIM: 'SECRET' },
    });
    await once(victim, 'spawn');
    tcp = await Listener.open();
    abstract = await Listener.open('\0nightjar-escape');
  });
  after(async () => {
    victim.kill('SIGKILL');
    await tcp[Symbol.asyncDispose]();
    await abstract[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
  });

  /** Prints SECRET, REACHED or ESCAPED where it gets out; `$W` is the workspace, `$D` the data folder. */
  const attacks: Readonly<Record<string, string | (() => string)>> = {
    'reads a file of the runner': 'cat $D/secret',
    'reads it through a link': 'ln -sf $D/secret link && cat link',
    'reads it through the root of its first process': 'cat /proc/1/root$D/secret /proc/self/root$D/secret',
    'reads it through a descriptor path': 'cat /proc/self/cwd/../../../secret',
    'makes a hard link to it': 'ln $D/secret hard && cat hard',
    'reads another task': 'cat $D/workspaces/two/files/own | sed "s/of two/ESCAPED/"',
    'lists the other tasks': 'ls $D/workspaces | grep -q two && echo ESCAPED',
    'lists what lies beside its workspace': 'ls $D | grep -q commands && echo ESCAPED',
    'sees processes of the machine': () => `[ -e /proc/${process.pid}/status ] && echo ESCAPED`,
    'reads the environment of a process': () => `tr '\\0' '\\n' < /proc/${victim.pid ?? 0}/environ`,
    'signals a process': () => `kill -0 ${victim.pid ?? 0} && echo ESCAPED`,
    'connects to a port of the machine': () => `exec 3<> /dev/tcp/127.0.0.1/${tcp.port} && cat <&3`,
    'connects by every name of the loopback': () =>
      `for host in localhost 127.0.0.1 127.1.2.3 0.0.0.0; do exec 3<> /dev/tcp/$host/${tcp.port} && cat <&3; done`,
    'asks the proxy for a port of the machine': () =>
      `for host in localhost 127.0.0.1 0.0.0.0 127.0.0.1.nip.io; do curl -sS -m 5 --noproxy "" http://$host:${tcp.port}/; done`,
    'connects to an abstract socket': 'socat -u ABSTRACT-CONNECT:nightjar-escape - ',
    'makes a namespace of its own': 'unshare -Ur true && echo ESCAPED',
    'writes to the system':
      'touch /usr/share/nightjar-escape && echo ESCAPED && rm -f /usr/share/nightjar-escape',
    'reads the passwords of the machine': 'grep -q root /etc/shadow && echo ESCAPED',
  };
  /** These succeed without a sandbox only as root, which may write and read everywhere, or where the kernel lets users. */
  const needsRights = new Set(
    process.getuid?.() === 0 ? [] : ['writes to the system', 'reads the passwords of the machine'],
  );
  // A name service would be needed to resolve the last name, and nothing else is asked.
  const withVariables = (line: string): string =>
    `W=${world.place('one').workspace}; D=${world.dataFolder}; { ${line}\n} 2>&1`;

  for (const [name, attack] of Object.entries(attacks)) {
    it(`keeps in a command that ${name}`, async () => {
      const line = withVariables(typeof attack === 'string' ? attack : attack());
      const inside = await world.run(line);
      assert.doesNotMatch(inside.tail, /SECRET|REACHED|ESCAPED/);
    });
    if (needsRights.has(name)) continue;
    it(`which without it gets out: it ${name}`, async () => {
      const line = withVariables(typeof attack === 'string' ? attack : attack());
      const outside = await world.run(line, { sandbox: world.plain });
      assert.match(outside.tail, /SECRET|REACHED|ESCAPED/);
    });
  }

  it('lets nothing arrive that is written elsewhere', async () => {
    const targets = [
      join(world.dataFolder, 'workspaces', 'two', 'files', 'planted'),
      join(world.dataFolder, 'planted'),
      join(world.dataFolder, 'stores', 'objects', 'planted'),
      join(world.root, 'planted'),
    ];
    const line = targets.map((target) => `mkdir -p "$(dirname ${target})"; echo x > ${target}`).join('\n');
    await world.run(line);
    for (const target of targets) assert.ok(!existsSync(target), target);
    // The objects of the store can be read, and neither changed nor removed.
    const objects = join(world.dataFolder, 'stores', 'objects');
    assert.equal((await world.run(`cat ${objects}/blob`)).tail, 'an object');
    await world.run(`rm -rf ${objects}; echo x >> ${objects}/blob`);
    assert.equal(readFileSync(join(objects, 'blob'), 'utf8'), 'an object');
    await world.run(line, { sandbox: world.plain });
    for (const target of targets) assert.ok(existsSync(target), `without it: ${target}`);
  });

  it('shows no scratch folder that the library shares among all that use it', async () => {
    const folder = '/tmp/claude';
    const wasThere = existsSync(folder);
    const file = join(folder, `nightjar-test-${process.pid}`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, 'SHARED');
    try {
      const fresh = world.place('two', { readable: [world.root] });
      const command = `cat ${file}; echo owned > ${file}`;
      const ask = { command, outputBytes: 1_000, timeoutMs: 20_000, signal: new AbortController().signal };
      const inside = await world.sandbox.ask({ ...ask, place: fresh });
      assert.doesNotMatch(inside.stdout.toString(), /SHARED/);
      assert.equal(readFileSync(file, 'utf8'), 'SHARED');
      const outside = await world.plain.ask({ ...ask, place: fresh });
      assert.match(outside.stdout.toString(), /SHARED/);
    } finally {
      rmSync(wasThere ? file : folder, { recursive: true, force: true });
    }
  });

  it('lets no datagram out', async () => {
    const receiver = createSocket('udp4').bind(0, '127.0.0.1');
    await once(receiver, 'listening');
    let received = 0;
    receiver.on('message', () => (received += 1));
    const line = `exec 3> /dev/udp/127.0.0.1/${receiver.address().port} && echo out >&3`;
    try {
      await world.run(line);
      await sleep(100);
      assert.equal(received, 0);
      await world.run(line, { sandbox: world.plain });
      await sleep(100);
      assert.equal(received, 1);
    } finally {
      receiver.close();
    }
  });

  it('gives no Unix socket of the machine to a command, not even one that it may see', async () => {
    const path = join(world.place('one').workspace, 'socket');
    await using listener = await Listener.open(path);
    const line = `socat -u UNIX-CONNECT:${path} -`;
    assert.doesNotMatch((await world.run(line)).tail, /REACHED/);
    assert.equal(listener.connections, 0);
    assert.match((await world.run(line, { sandbox: world.plain })).tail, /REACHED/);
  });

  it('ends a daemon with the command that started it', async () => {
    // Other tests, and other people's, may run the same beside this one.
    const mark = `sleep 4242.${process.pid}`;
    const line = `setsid env -i ${mark} > /dev/null 2>&1 & sleep 0.5; echo done`;
    assert.equal((await world.run(line)).tail, 'done\n');
    assert.deepEqual(processesOf(mark), []);
    await world.run(line, { sandbox: world.plain });
    const left = processesOf(mark);
    assert.equal(left.length, 1, 'without it the daemon is there');
    for (const pid of left) process.kill(pid, 'SIGKILL');
  });

  it('leaves the workspace as git knows it: nothing but what the command made', async () => {
    await world.run(
      'git init -q . && git add -A && git -c user.name=a -c user.email=a@b commit -qm one && git status --porcelain',
    );
    const files = readdirSync(world.place('one').workspace).toSorted();
    assert.ok(files.includes('.git') && files.includes('own'), String(files));
    assert.deepEqual(
      files.filter((name) => !['.git', 'own', 'link', 'hard', 'socket'].includes(name)),
      [],
    );
    await world.run('mkdir -p .vscode && echo {} > .vscode/settings.json && echo x > .bashrc && git add -A');
    const { tail } = await world.run('git status --porcelain');
    assert.match(tail, /A {2}\.bashrc/);
  });

  it('has no key of the runner in its environment', async () => {
    process.env['OPENAI_API_KEY'] = 'SECRET';
    try {
      assert.doesNotMatch((await world.run('env')).tail, /SECRET/);
    } finally {
      delete process.env['OPENAI_API_KEY'];
    }
  });

  it('shows nobody the word by which its proxies know a command', async () => {
    const place = world.place('one');
    const asking = { timeoutMs: 20_000, outputBytes: 10_000, signal: new AbortController().signal };
    const told = await world.sandbox.ask({ command: 'echo "$HTTP_PROXY"', place, ...asking });
    const word = /^http:\/\/[^:]+:([^@]{16,})@/.exec(told.stdout.toString())?.[1] ?? assert.fail();
    const { tail } = await world.run(
      `env; tr '\\0' '\\n' < /proc/self/environ; echo "$HTTP_PROXY" | cut -c 1-400`,
    );
    assert.match(tail, /HTTP_PROXY=/);
    assert.ok(!tail.includes(word), tail.replaceAll(word, '<the word>'));
  });

  it('tells which hosts a command was kept from, each with its count, and nothing of other tasks', async () => {
    const asked =
      'for n in 1 2 3; do curl -sS -m 5 https://packages.example/; done; curl -sS -m 5 http://other.example:8080/';
    const [one, two] = await Promise.all([world.run(asked), world.run('true', { task: 'two' })]);
    assert.deepEqual(one.blocked, [
      { host: 'packages.example', count: 3 },
      { host: 'other.example:8080', count: 1 },
    ]);
    assert.match(
      one.tail,
      /kept this command from the network: packages\.example \(3 times\), other\.example:8080/,
    );
    assert.deepEqual(two.blocked, []);
  });

  it('opens the hosts that the user named and no other, and this machine to nobody who has not named it', async () => {
    const calls = ['127.0.0.1', 'localhost', '127.1', '2130706433', '[::ffff:127.0.0.1]', hostname()].map(
      (host) => `curl -sS -m 5 --noproxy "" http://${host}:${tcp.port}/`,
    );
    const reached = async (network: SandboxPlace['network']): Promise<number> => {
      const before = tcp.connections;
      await world.run(calls.join('; '), { network });
      return tcp.connections - before;
    };
    assert.equal(await reached({ mode: 'registries', hosts: [] }), 0);
    // Three spellings of the one address: whoever names it means it.
    assert.ok((await reached({ mode: 'hosts', hosts: ['127.0.0.1'] })) >= 1);
    assert.equal(await reached({ mode: 'all', hosts: [] }), 0);
    assert.ok((await reached({ mode: 'all', hosts: ['127.0.0.1'] })) >= 1);
  });

  it('tells what of this machine a command was kept from where all else is open', async () => {
    const curl = (address: string): string => `curl -sS -m 5 --noproxy "" http://${address}/`;
    const command = [`127.0.0.1:${tcp.port}`, 'nobody.invalid'].map(curl).join('; ');
    const hostsBlocked = async (mode: 'all' | 'registries'): Promise<readonly string[]> =>
      (await world.run(command, { network: { mode, hosts: [] } })).blocked.map(({ host }) => host).sort();
    assert.deepEqual(await hostsBlocked('all'), [`127.0.0.1:${tcp.port}`]);
    assert.deepEqual(await hostsBlocked('registries'), [`127.0.0.1:${tcp.port}`, 'nobody.invalid']);
  });

  it('has no way to the network at all for the runner’s own tools, which start the sooner', async () => {
    const ask = (sandbox: OpenSandbox) =>
      sandbox.ask({
        command: `cat /proc/net/tcp /proc/net/tcp6; curl -sS -m 5 --noproxy "" http://127.0.0.1:${tcp.port}/`,
        place: world.place('one', { network: { mode: 'hosts', hosts: ['127.0.0.1'] } }),
        ...{ timeoutMs: 20_000, outputBytes: 100_000, signal: new AbortController().signal },
      });
    const before = tcp.connections;
    const inside = (await ask(world.sandbox)).stdout.toString();
    assert.equal(tcp.connections, before);
    assert.equal(inside.match(/ 0A /g), null, 'nothing listens');
    const run = await world.run('cat /proc/net/tcp /proc/net/tcp6', {
      network: { mode: 'hosts', hosts: ['127.0.0.1'] },
    });
    assert.equal(run.tail.match(/ 0A /g)?.length, 2, 'a command has both ends of the proxies');
    await ask(world.plain);
    assert.equal(tcp.connections, before + 1);
  });

  it('is proved by its canary, and a second question is answered from memory', async () => {
    assert.equal(await world.sandbox.examine(new AbortController().signal), null);
  });
});

function processesOf(mark: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => commandLineOf(pid).replaceAll('\0', ' ').includes(mark) && isAlive(pid));
}

function commandLineOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    // It has ended meanwhile.
    return '';
  }
}
