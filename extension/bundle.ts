// Bundles both programs and the task panel's page into dist/: `npm run build`.
import { build, type BuildOptions, type Plugin } from 'esbuild';
import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

// Packages in CommonJS ask for `require`, which an ES module does not have of itself.
const requireBanner =
  "import { createRequire } from 'node:module';\nconst require = createRequire(import.meta.url);";

const programs: readonly BuildOptions[] = [
  {
    entryPoints: { extension: 'extension/main.ts' },
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    outExtension: { '.js': '.cjs' },
    external: ['vscode'],
  },
  {
    entryPoints: { runner: 'runner/main.ts' },
    platform: 'node',
    target: 'node24',
    format: 'esm',
    outExtension: { '.js': '.mjs' },
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

/** The icon font of the panel's page, as the package ships it. */
const codicons = ['codicon.css', 'codicon.ttf'];

async function bundle(): Promise<void> {
  await rm(dist, { recursive: true, force: true });
  for (const program of programs) {
    await build({
      ...program,
      absWorkingDir: root,
      outdir: dist,
      bundle: true,
      minify: true,
      legalComments: 'eof',
      plugins: [englishOnly],
      logLevel: 'warning',
    });
  }
  for (const name of codicons) {
    await cp(join(root, 'node_modules/@vscode/codicons/dist', name), join(dist, name));
  }
}

await bundle();
