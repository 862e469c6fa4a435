// Planted secrets of every kind are found in their line, and ordinary sources are left in peace.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createHash, randomUUID } from 'node:crypto';
import { extname, join } from 'node:path';
import { findSecrets } from '../../../shared/secrets/findSecrets.ts';
import { runProcess } from '../../../shared/host/processes.ts';
import { projectRoot } from '../../layers/testFiles.ts';
import { joined, madeUp, madeUpPem, planted, tokens } from './plantedSecrets.ts';

function signsOf(path: string, text: string): string[] {
  return findSecrets(path, text).map(({ kind, line }) => `${kind} in line ${line ?? '?'}`);
}

describe('finding secrets', () => {
  it('has more than 25 kinds to find', () => {
    assert.ok(new Set(planted.map(({ kind }) => kind)).size > 25);
  });

  for (const { kind, path, text, line, secret } of planted) {
    it(`finds ${kind} in ${path}`, () => {
      const found = findSecrets(path, text);
      const match = found.find((sign) => sign.kind === kind && sign.line === line);
      assert.ok(match !== undefined, `found only ${JSON.stringify(signsOf(path, text))}`);
      if (secret !== '' && match.value !== '') assert.ok(match.value.includes(secret));
      // The control: the same file without its secret.
      if (secret !== '' && kind !== 'private key')
        assert.deepEqual(signsOf(path, text.replace(secret, 'none')), []);
    });
  }

  it('finds tokens in binary files, in the middle of escapes and behind other characters', () => {
    const [, token] = tokens[2]!;
    assert.deepEqual(signsOf('data.sqlite', `\0\x01${token}\0`), ['GitHub token in line ?']);
    for (const before of ['\\n', '%3D', '"', '=', '(', ' ', '\u00e9'])
      assert.equal(findSecrets('a.txt', before + token)[0]?.value, token, JSON.stringify(before));
  });

  it('finds no more than twenty in one file, in order', () => {
    const lines = Array.from({ length: 50 }, (_, seed) => joined(`gh|p_${madeUp('word', 36, seed)}`));
    const found = findSecrets('all.txt', lines.join('\n'));
    assert.deepEqual(
      found.map(({ line }) => line),
      Array.from({ length: 20 }, (_, index) => index + 1),
    );
  });

  for (const [path, text] of Object.entries(harmlessFiles())) {
    it(`finds nothing in ${path}`, () => {
      assert.deepEqual(signsOf(path, text), []);
    });
  }

  it('finds nothing in the files of this repository', async () => {
    const listed = await runProcess({
      ...{ file: 'git', args: ['ls-files', '-z'], cwd: projectRoot, env: process.env },
      signal: AbortSignal.timeout(60_000),
    });
    const paths = listed.stdout.toString().split('\0').filter(isThere);
    assert.ok(paths.length > 400);
    assert.deepEqual(await signsIn(projectRoot, paths), []);
  });

  it('finds nothing in the sources of the packages that it uses', async () => {
    const packages = [
      'commander',
      'openai',
      'simple-git',
      'vscode-jsonrpc',
      'ws',
      'yaml',
      'mocha',
      'esbuild',
    ];
    let count = 0;
    for (const name of packages) {
      const folder = join(projectRoot, 'node_modules', name);
      const paths = await sourcesIn(folder);
      count += paths.length;
      assert.deepEqual(await signsIn(folder, paths), [], name);
    }
    assert.ok(count > 1_000, `${count} files`);
  });
});

function isThere(path: string): boolean {
  return path !== '';
}

async function sourcesIn(folder: string): Promise<string[]> {
  const { readdir } = await import('node:fs/promises');
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
  return paths.filter((path) =>
    ['.js', '.cjs', '.mjs', '.ts', '.md', '.json', '.map'].includes(extname(path)),
  );
}

async function signsIn(folder: string, paths: readonly string[]): Promise<string[]> {
  const signs: string[] = [];
  for (const path of paths) {
    const text = await readFile(join(folder, path), 'latin1').catch(() => '');
    signs.push(...signsOf(path, text).map((sign) => `${path}: ${sign}`));
  }
  return signs;
}

function harmlessFiles(): Record<string, string> {
  const hash = (text: string): string => createHash('sha512').update(text).digest('base64');
  const commit = createHash('sha1').update('x').digest('hex');
  const image = Buffer.from(madeUp('base64', 40_000)).toString('base64');
  return {
    'package-lock.json': JSON.stringify({
      'js-tokens': { version: '4.0.0', integrity: `sha512-${hash('a')}` },
    }),
    'pnpm-lock.yaml': `  js-tokens: ^4.0.0\n  resolution: {integrity: sha512-${hash('b')}}\n`,
    'fixture.test.ts': `login({ user: 'ada', password: 'secret', token: 'abc123', apiKey: 'test-key-1' });`,
    'words.ts': `const password = 'correct-horse-battery'; const tokenKind = 'ACCESS_TOKEN_2';`,
    'code.ts': `const token = await readToken(); this.secret = options.secret ?? ''; password: string;`,
    'compare.py': `if token == "Zx9_1aB2": pass`,
    'uuid.json': `{ "token": "${randomUUID()}", "secret": "${randomUUID()}" }`,
    'git.txt': `commit ${commit}\nparent ${commit}\nlog ${commit.slice(0, 12)}`,
    'page.html': `<img src="data:image/png;base64,${image}"><input name="password" type="password">`,
    'bundle.min.js': `var t={token:"tok12345",secret:e};!function(){return"eyJ"}();`,
    'bundle.js.map': `{"mappings":"${madeUp('base64', 5_000)}","sourcesContent":["eyJ2ZXJzaW9u"]}`,
    'inline.js': `//# sourceMappingURL=data:application/json;base64,eyJ2ZXJzaW9uIjozfQ${image}`,
    '.env.example': 'API_KEY=your-key-here\nDB_PASSWORD=changeme\n',
    '.env': '# nothing set\nAPI_KEY=\nTOKEN=${TOKEN}\n',
    'ci.yml': 'env:\n  TOKEN: ${{ secrets.NPM_TOKEN }}\n  password: <your password>\n',
    '.npmrc': '//registry/:_authToken=${NPM_TOKEN}\nengine-strict=true\n',
    'README.md': joined(`Set OPENAI_API_KEY=sk-... or AKI|AIOSFODNN7EXAMPLE; gh|p_${'x'.repeat(36)}`),
    'compose.yml': 'DATABASE_URL: postgres://postgres:postgres@localhost/app\nredis://:password@cache',
    'template.ts': 'const url = `postgres://${user}:${password}@${host}`; "https://<user>:<pass>@host"',
    'cert.pem': madeUpPem('CERTIFICATE'),
    'public.pem': madeUpPem('PUBLIC KEY'),
    'id_ed25519.pub': 'ssh-ed25519 AAAA ada@example.org',
    'pem.ts': `const begin = '${'-'.repeat(5)}BEGIN PRIVATE KEY${'-'.repeat(5)}'; export function parse() {}`,
    'slides.key': 'not text at all',
    'style.css': '.sk-spinner-three-bounce-and-fade-away-forever { color: #a1b2c3; }',
    'secretary.ts': `const secretary = 'x'; export const tokenizer = /a1b2c3d4/;`,
    'lines.txt': 'x'.repeat(200_000),
  };
}
