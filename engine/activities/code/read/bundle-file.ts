/**
 * The JavaScript of one file of the folder: the file and what it imports from beside it. Packages are not part of it:
 * they are found at run time, from the folder.
 */
import path from 'node:path';
import { build, type BuildFailure } from 'esbuild';
import type { FileProblem } from '../../../flow/connections/own-code';
import type { LoadedFile } from '../messages';

/** In every project that a flow is exported as. */
const ALWAYS_THERE = /^(node:.*|@temporalio\/(activity|common))$/;

export async function bundleFile(folder: string, file: string): Promise<LoadedFile | FileProblem[]> {
  try {
    const { outputFiles, metafile } = await build({
      absWorkingDir: folder,
      entryPoints: [path.join(folder, file)],
      outdir: folder,
      bundle: true,
      write: false,
      metafile: true,
      packages: 'external',
      platform: 'node',
      format: 'cjs',
      target: 'node20',
      sourcemap: 'external',
      logLevel: 'silent',
    });
    const text = (end: string) => outputFiles.find((each) => each.path.endsWith(end))?.text ?? '';
    return {
      file,
      code: text('.js'),
      map: text('.js.map'),
      isAlone:
        Object.keys(metafile.inputs).length === 1 &&
        Object.values(metafile.outputs).every(({ imports }) => imports.every(({ path: id }) => ALWAYS_THERE.test(id))),
    };
  } catch (error) {
    const { errors } = error as Partial<BuildFailure>;
    if (!errors) throw error;
    return errors.map(({ text, location }) => ({
      file: location ? path.relative(folder, path.resolve(folder, location.file)) : file,
      line: location?.line ?? null,
      message: text.startsWith('Top-level await') ? AWAITS_OUTSIDE : `${text}.`.replace(/\.\.$/, '.'),
    }));
  }
}

const AWAITS_OUTSIDE = 'It awaits outside of a function. Await in the function that needs the value.';
