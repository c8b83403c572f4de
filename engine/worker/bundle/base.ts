/** The script that makes a context a sandbox: the realm (sandbox/realm) with the official workflow library in it. */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';

let base: Promise<string> | null = null;

/** The script is built once per process (about 0.1 s). */
export function baseScript(): Promise<string> {
  base ??= buildBase();
  return base;
}

/** Searches the folders upwards, from this file or from the built file that contains this module. */
function realmEntry(): string {
  for (let folder = path.dirname(fileURLToPath(import.meta.url)); ; folder = path.dirname(folder)) {
    const candidate = path.join(folder, 'engine/worker/sandbox/realm/index.ts');
    if (existsSync(candidate)) return candidate;
    if (folder === path.dirname(folder))
      throw new Error('the sandbox (engine/worker/sandbox) is not beside this program');
  }
}

async function buildBase(): Promise<string> {
  const result = await build({
    entryPoints: [realmEntry()],
    bundle: true,
    write: false,
    format: 'iife',
    banner: { js: '"use strict";' },
    target: 'node20',
    platform: 'neutral',
    mainFields: ['main'],
    conditions: ['node'],
    legalComments: 'none',
    logLevel: 'silent',
    plugins: [libraryAliases],
  });
  return result.outputFiles[0]?.text ?? '';
}

const libraryAliases: Plugin = {
  name: 'library-aliases',
  setup(pluginBuild) {
    const require = createRequire(import.meta.url);
    const worker = path.dirname(require.resolve('@temporalio/worker/package.json'));
    // There are no converters of the user, so the library keeps its own.
    pluginBuild.onResolve({ filter: /^__temporal_custom_/ }, (args) => ({ path: args.path, namespace: 'nothing' }));
    pluginBuild.onLoad({ filter: /.*/, namespace: 'nothing' }, () => ({ contents: 'module.exports = {};' }));
    pluginBuild.onResolve({ filter: /^(node:)?(assert|url|util)$/ }, (args) => ({
      path: path.join(worker, 'lib/workflow/module-overrides', `${args.path.replace('node:', '')}.js`),
    }));
  },
};
