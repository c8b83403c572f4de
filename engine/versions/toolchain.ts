/** The real compiler, type checker and bundler of publishing. */
import { compile, type Compiled } from '../compiler/compile';
import { readSagaSources } from '../compiler/saga-sources';
import { catalogueFor, type Catalogue } from '../flow/catalogue';
import { bundleWorkflows } from '../worker/bundle/bundle';
import type { Toolchain } from './build';

/** The name by which generated code imports the saga library. */
const SAGA_MODULE = '@backstitch/saga';

export function createToolchain(catalogue: Catalogue, typeCheck: Toolchain['typeCheck']): Toolchain {
  const saga = readSagaSources();
  const library = Object.fromEntries(Object.entries(saga).map(([name, text]) => [`saga/${name}`, text]));
  return {
    // The names of the product come last, so that no operation can replace one.
    compile: (document, version, operations, revision) =>
      compile(document, {
        version,
        revision,
        catalogue: { ...operations, ...catalogueFor(document, catalogue) },
        saga,
      }),
    typeCheck,
    bundle: ({ files, manifest }: Compiled) =>
      bundleWorkflows({
        entry: 'workflow.ts',
        modules: { ...files, ...library },
        alias: { [SAGA_MODULE]: 'saga/index.ts' },
        revision: manifest?.revision ?? '',
      }),
  };
}
