// Bundles both programs and the task panel's page into dist/: `npm run build`.
import { build, transform, type BuildOptions, type Plugin } from 'esbuild';
import { cp, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { bundleGrammars } from './bundleGrammars.ts';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

// Packages in CommonJS ask for `require`, which an ES module does not have of itself.
const requireBanner =
  "import { createRequire as requireFor } from 'node:module';\nconst require = requireFor(import.meta.url);";

const programs: readonly BuildOptions[] = [
  {
    // The broker is a program of its own: the sandbox library counts on the folder that it is started in. So is the
    // inspector: what it reads may be its end.
    entryPoints: {
      runner: 'runner/main.ts',
      sandboxBroker: 'runner/sandbox/broker/main.ts',
      inspector: 'runner/checks/integrity/process/main.ts',
    },
    platform: 'node',
    target: 'node24',
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    // Of a package that comes in two kinds the modules: the other kind may ask for its parts at run time.
    mainFields: ['module', 'main'],
    banner: { js: requireBanner },
  },
  {
    entryPoints: { taskPanel: 'extension/webview/taskPanel.ts' },
    platform: 'browser',
    target: 'es2024',
    format: 'iife',
  },
  { entryPoints: { taskPanel: 'extension/webview/taskPanel.css' }, external: ['*.ttf'] },
];

/** zod brings its messages in some fifty languages; ours are English, and the editor waits for what it loads. */
const englishOnly: Plugin = {
  name: 'english-only',
  setup: (bundling) => {
    bundling.onLoad({ filter: /zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

/** Programs that the sandbox library runs inside the sandbox; it looks for them beside the broker. */
const sandboxHelpers = [
  'seccomp/x64/apply-seccomp',
  'seccomp/arm64/apply-seccomp',
  'java-proxy-agent/srt-proxy-agent.jar',
];

/** The icon font of the panel's page, as the package ships it. */
const codicons = ['codicon.css', 'codicon.ttf'];

const common = {
  absWorkingDir: root,
  outdir: dist,
  bundle: true,
  minify: true,
  legalComments: 'eof',
  plugins: [englishOnly],
  logLevel: 'warning',
} as const satisfies BuildOptions;

async function bundle(): Promise<void> {
  await rm(dist, { recursive: true, force: true });
  await bundleExtension();
  for (const program of programs) await build({ ...program, ...common });
  for (const name of sandboxHelpers) {
    const from = join(root, 'node_modules/@anthropic-ai/sandbox-runtime/vendor', name);
    await cp(from, join(dist, 'vendor', name));
  }
  await bundleGrammars(join(dist, 'vendor/grammars'));
  for (const name of codicons) {
    await cp(join(root, 'node_modules/@vscode/codicons/dist', name), join(dist, name));
  }
}

/**
 * `extension.cjs` has what activation runs. Whatever the code asks for with `import()` comes in pieces of its
 * own, read when they are needed: the editor's start would pay for parsing them. esbuild splits ES modules
 * only, and the editor loads CommonJS faster; so the pieces are translated one by one.
 */
async function bundleExtension(): Promise<void> {
  const { outputFiles } = await build({
    ...common,
    entryPoints: { extension: 'extension/main.ts' },
    platform: 'node',
    target: 'node24',
    format: 'esm',
    splitting: true,
    chunkNames: 'extension/[name]-[hash]',
    outExtension: { '.js': '.cjs' },
    external: ['vscode'],
    write: false,
  });
  for (const { path, text } of outputFiles) {
    const { code } = await transform(text, {
      platform: 'node',
      target: 'node24',
      format: 'cjs',
      // `require` in its place: only that way does the editor give a piece its `vscode` module.
      supported: { 'dynamic-import': false },
      minify: true,
      legalComments: 'eof',
    });
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, code);
  }
}

await bundle();
