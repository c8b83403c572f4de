/** Rules have ids, so that a comment, a test and a note of a failure can name the same one. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

import { expect, test } from 'vitest';

const TESTS = ['app', 'components', 'e2e', 'engine', 'prisma'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.(?:test|spec)\.tsx?$/.test(name))
    .map((name) => path.join(folder, name))
);

/** Titles of tests begin with one or more ids: `[AB1]`, `[AB1] [AB2]`. */
const TITLE = /\b(?:it|test|describe)\b[^'"`]{0,200}?\(\s*['"`]((?:\[[A-Z]+\d+[a-z]?\]\s*)+)/g;

test('[RID1] an id belongs to the tests of one file', () => {
  const fileOf = new Map<string, string>();
  const shared: string[] = [];
  for (const file of TESTS)
    for (const [, ids = ''] of readFileSync(file, 'utf8').matchAll(TITLE))
      for (const id of ids.match(/\[\w+\]/g) ?? []) {
        const other = fileOf.get(id) ?? file;
        fileOf.set(id, other);
        if (other !== file) shared.push(`${id} is in ${other} and in ${file}`);
      }
  expect(fileOf.size).toBeGreaterThan(1_000);
  expect(shared).toEqual([]);
});
