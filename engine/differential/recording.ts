/** What a Temporal server answered, as it is kept in this folder: one file for each kind, in a folder by its version. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CLI_VERSION, SERVER_VERSION } from './server';

const FOLDER = fileURLToPath(new URL(`recorded/${SERVER_VERSION}/`, import.meta.url));

/** What the CLI of this version asks. */
export const REQUESTS = `requests-of-cli-${CLI_VERSION}`;

/** `kind`: the file's name. Empty if nothing is recorded yet. */
export function readRecording<Entry>(kind: string): Record<string, Entry> {
  const file = `${FOLDER}${kind}.json`;
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, Entry>) : {};
}

/** One line an entry, so that a change of one is seen as such. */
export function writeRecording(kind: string, entries: Record<string, unknown>): void {
  mkdirSync(FOLDER, { recursive: true });
  const lines = Object.entries(entries).map(([name, entry]) => `${JSON.stringify(name)}:${JSON.stringify(entry)}`);
  writeFileSync(`${FOLDER}${kind}.json`, `{\n${lines.join(',\n')}\n}\n`);
}

/** What every round agrees on, item by item of a list; 'unsteady' where they do not. */
export function agreed<Entry>(rounds: readonly Entry[]): Entry | 'unsteady' {
  const [first] = rounds;
  if (rounds.every((round) => JSON.stringify(round) === JSON.stringify(first))) return first!;
  const lists = rounds.filter((round) => Array.isArray(round) && round.length === (first as unknown[]).length);
  if (lists.length < rounds.length) return 'unsteady';
  return (first as unknown[]).map((_, index) => agreed(rounds.map((round) => (round as unknown[])[index]))) as Entry;
}
