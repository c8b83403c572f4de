/** Reads the folder of activities: compiles its files and the types of their functions. Nothing of it is executed. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { LoadedFile, ReadFolder } from '../messages';
import { bundleFile } from './bundle-file';
import { readFunctions } from './read-functions';

export async function readFolder(folder: string): Promise<ReadFolder> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    const message = `The folder cannot be read: ${(error as Error).message}`;
    return { functions: [], problems: [{ file: '', line: null, message }], files: [], sources: {} };
  }
  const wanted = names.filter((name) => /\.ts$/.test(name) && !/\.(d|test)\.ts$/.test(name)).sort();
  const bundled = await Promise.all(wanted.map((file) => bundleFile(folder, file)));
  const files = bundled.filter((each): each is LoadedFile => 'code' in each);
  // Types of a file that cannot be compiled are not worth reading.
  const { functions, problems } = readFunctions(
    folder,
    files.map(({ file }) => file)
  );
  const exporting = new Set(functions.map(({ file }) => file));
  const sources = await Promise.all(
    [...exporting].map(async (file) => [file, await readFile(path.join(folder, file), 'utf8')] as const)
  );
  return {
    functions,
    problems: [...bundled.flatMap((each) => ('code' in each ? [] : each)), ...problems],
    files,
    sources: Object.fromEntries(sources),
  };
}
