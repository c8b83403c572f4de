/** The process that builds one version and ends (build-in-process.ts): it takes one request and gives one answer. */
import { catalogue } from '../activities/catalogue';
import { typeCheck } from '../compiler/type-check';
import { buildWith, type Built, type BuildRequest } from './build';
import { proveKeptTests } from '../trial/kept-tests';
import { createToolchain } from './toolchain';

export type Answer = { built: Built } | { bug: string };

const toolchain = createToolchain(catalogue, ({ files, manifest }) =>
  Promise.resolve(typeCheck(files, manifest?.nodes ?? {}))
);
process.once('message', (request: BuildRequest) => {
  buildWith({ ...toolchain, prove: proveKeptTests })(request).then(
    (built) => process.send?.({ built } satisfies Answer),
    (error: Error) => process.send?.({ bug: error.stack ?? error.message } satisfies Answer)
  );
});
process.once('disconnect', () => process.exit(0));
