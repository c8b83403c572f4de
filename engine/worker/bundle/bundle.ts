/**
 * Workflow bundles: the scripts that the sandbox loads after its base (base.ts). A bundle takes the official library
 * from the base. Hand-written workflows and compiler output are bundled in the same way.
 *
 * A bundle may import its own modules, `@temporalio/workflow`, `@temporalio/common` and the aliases that are passed
 * in. It may import no Node built-ins and no packages.
 */
import { createHash } from 'node:crypto';
import * as common from '@temporalio/common';
import * as workflow from '@temporalio/workflow';
import path from 'node:path';
import { build, type Plugin } from 'esbuild';

export interface WorkflowBundle {
  /** sha256 of `code` as hex. Caches identify the bundle by it. */
  id: string;
  /** The script in strict mode, with an inline source map. */
  code: string;
  /** The names of the exported functions, which are the workflow types that the bundle serves. */
  workflowTypes: string[];
  /** 'v3.0' for published versions, '' for hand-written workflows. */
  revision: string;
}

export type BundleInput =
  /** A file on disk. */
  | { entry: string; alias?: Record<string, string>; revision?: string }
  /** Modules in memory by path, e.g. { 'workflow.ts': …, 'saga/index.ts': … }. */
  | { entry: string; modules: Record<string, string>; alias?: Record<string, string>; revision?: string };

/** A bundle that cannot be built: a syntax error, or an import that the sandbox does not have. */
export class BundleError extends Error {
  override name = 'BundleError';
}

/** The modules that the base provides, with their exports. */
const PROVIDED: Record<string, object> = { '@temporalio/workflow': workflow, '@temporalio/common': common };

export async function bundleWorkflows(input: BundleInput): Promise<WorkflowBundle> {
  const plugins =
    'modules' in input
      ? [providedModules, inMemory(input.modules, input.alias)]
      : [providedModules, onDisk(input.alias)];
  const result = await build({
    entryPoints: [input.entry],
    bundle: true,
    write: false,
    metafile: true,
    format: 'iife',
    globalName: '__WORKFLOWS__',
    target: 'node20',
    // `import()` would call the host, which rejects with an error of the host's realm.
    supported: { 'dynamic-import': false },
    platform: 'neutral',
    mainFields: ['module', 'main'],
    sourcemap: 'inline',
    // esbuild does not add strict mode to a script. In strict mode an assignment to a frozen global throws; otherwise
    // it would be ignored.
    banner: { js: '"use strict";' },
    legalComments: 'none',
    logLevel: 'silent',
    absWorkingDir: process.cwd(),
    plugins,
  }).catch((error: Error) => {
    throw new BundleError(error.message);
  });
  const code = result.outputFiles[0]?.text ?? '';
  const output = Object.values(result.metafile.outputs)[0];
  return {
    id: createHash('sha256').update(code).digest('hex'),
    code,
    workflowTypes: (output?.exports?.length ? output.exports : exportsOf(code)).filter((name) => name !== 'default'),
    revision: input.revision ?? '',
  };
}

/**
 * esbuild reports exports only for ESM output. For a script, this reads the list that esbuild writes for the exports.
 */
function exportsOf(code: string): string[] {
  const list = /__export\(\w+, \{([\s\S]*?)\n\s*\}\);\s*(?!.*__export\()/.exec(lastExport(code))?.[1] ?? '';
  return [...list.matchAll(/^\s*"?([\w$]+)"?: \(\) =>/gm)].map((match) => match[1] ?? '');
}
function lastExport(code: string): string {
  // The entry module is the last module of the script, so the last list of exports is the list of the entry module.
  const at = code.lastIndexOf('__export(');
  return at < 0 ? '' : code.slice(at);
}

/**
 * Each exported name is a statement of its own, so that esbuild keeps only the names that the bundle uses. This
 * matters because the bundle reads these names again for every run.
 */
const providedModules: Plugin = {
  name: 'provided-modules',
  setup(pluginBuild) {
    pluginBuild.onResolve({ filter: /^@temporalio\/(workflow|common)$/ }, (args) => ({
      path: args.path,
      namespace: 'provided',
    }));
    pluginBuild.onLoad({ filter: /.*/, namespace: 'provided' }, ({ path: name }) => {
      const names = Object.keys(PROVIDED[name] ?? {}).filter(
        (key) => /^[A-Za-z_$][\w$]*$/.test(key) && key !== 'default'
      );
      const library = `globalThis.__BACKSTITCH_BASE__.modules[${JSON.stringify(name)}]`;
      const exports = names.map((key) => `export const ${key} = /* @__PURE__ */ from('${key}');`);
      return { contents: [`const from = (name) => ${library}[name];`, ...exports].join('\n'), loader: 'js' };
    });
  },
};

function refuse(specifier: string, importer: string) {
  return {
    errors: [
      {
        text: `A workflow cannot import '${specifier}' (from ${path.basename(importer)}): only its own modules and ${Object.keys(PROVIDED).join(', ')}. Use an activity for anything else.`,
      },
    ],
  };
}

function inMemory(modules: Record<string, string>, alias: Record<string, string> = {}): Plugin {
  return {
    name: 'in-memory',
    setup(pluginBuild) {
      const find = (name: string) =>
        [name, `${name}.ts`, path.posix.join(name, 'index.ts')].find((candidate) => candidate in modules);
      pluginBuild.onResolve({ filter: /.*/ }, (args) => {
        if (args.namespace === 'provided' || Object.hasOwn(PROVIDED, args.path)) return undefined;
        const wanted =
          args.kind === 'entry-point'
            ? args.path
            : (alias[args.path] ??
              (args.path.startsWith('.') ? path.posix.join(path.posix.dirname(args.importer), args.path) : ''));
        const found = find(wanted);
        return found === undefined ? refuse(args.path, args.importer) : { path: found, namespace: 'memory' };
      });
      pluginBuild.onLoad({ filter: /.*/, namespace: 'memory' }, (args) => ({
        contents: modules[args.path],
        loader: 'ts',
      }));
    },
  };
}

function onDisk(alias: Record<string, string> = {}): Plugin {
  return {
    name: 'on-disk',
    setup(pluginBuild) {
      pluginBuild.onResolve({ filter: /^[^./]/ }, (args) => {
        if (args.kind === 'entry-point' || Object.hasOwn(PROVIDED, args.path)) return undefined;
        const target = alias[args.path];
        return target === undefined ? refuse(args.path, args.importer) : { path: target };
      });
    },
  };
}
