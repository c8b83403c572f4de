/**
 * The process that builds one version and ends (versions/build-in-process.ts): it takes one request and gives one
 * answer.
 */
import { catalogue } from '../activities/catalogue';
import { typeCheck } from '../compiler/type-check';
import { proveKeptTests } from '../trial/kept-tests';
import { buildWith, type BuildRequest } from '../versions/build';
import type { BuildAnswer } from '../versions/build-in-process';
import { createToolchain } from '../versions/toolchain';

const toolchain = createToolchain(catalogue, ({ files, manifest }) =>
  Promise.resolve(typeCheck(files, manifest?.nodes ?? {}))
);
process.once('message', (request: BuildRequest) => {
  buildWith({ ...toolchain, prove: proveKeptTests })(request).then(
    (built) => process.send?.({ built } satisfies BuildAnswer),
    (error: Error) => process.send?.({ bug: error.stack ?? error.message } satisfies BuildAnswer)
  );
});
process.once('disconnect', () => process.exit(0));
