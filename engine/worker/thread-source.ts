/** Where the code of a thread comes from: the build, or the sources. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const compiled = new Map<string, Promise<string>>();

/**
 * The file of a thread beside the built file of its caller (`builtName`); without a build, the code, compiled from its
 * sources. `source` is relative to the caller, whose `import.meta.url` is `from`.
 */
export async function threadSource(
  builtName: string,
  source: string,
  from: string,
  { external = [] }: { external?: string[] } = {}
): Promise<{ code?: string; file: URL }> {
  const built = new URL(`./${builtName}.mjs`, from);
  if (existsSync(fileURLToPath(built))) return { file: built };
  const file = new URL(source, from);
  const code =
    compiled.get(file.href) ??
    build({
      entryPoints: [fileURLToPath(file)],
      bundle: true,
      write: false,
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      sourcemap: 'inline',
      external,
    }).then((result) => result.outputFiles[0]?.text ?? '');
  compiled.set(file.href, code);
  return { code: await code, file };
}
