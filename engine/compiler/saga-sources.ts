/** Reads the saga library from disk, for bundling, type-checking and the sha. Not part of the pure compiler. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the saga library, found upwards from this file or from the bundle that contains it. */
export function sagaFolder(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const candidate = join(folder, 'engine', 'saga');
    if (existsSync(join(candidate, 'contract.ts'))) return candidate;
    if (folder === dirname(folder)) throw new Error('the saga library (engine/saga) was not found above this program');
  }
}

/** File name → text, sorted by name, without tests. Entry: 'index.ts'. */
export function readSagaSources(folder = sagaFolder()): Record<string, string> {
  const names = readdirSync(folder).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}
