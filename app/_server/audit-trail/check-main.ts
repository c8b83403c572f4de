/**
 * `npm run audit:check`: reads the whole audit trail from the database, without the product, and says whether anything
 * in it was changed, removed or added past its chain (chain.ts). Prints the head of the chain: who writes it down can
 * prove later, with `--head`, that the end was not cut off and that not all was written anew. Ends with 1 if something
 * was found, with 2 if it could not be checked.
 */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { startPostgres } from '../../../engine/launcher/postgres';
import { checkChain, readHead, type ReadRows } from './chain';

const USAGE = `npm run audit:check -- [--data FOLDER] [--head LINK:HASH]

Checks the audit trail of the database of DATABASE_URL, or of the data folder of 'npm start' (.backstitch/data).
--head   the head of an earlier check, as it was printed`;

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { data: { type: 'string' }, head: { type: 'string' }, help: { type: 'boolean' } },
  });
  if (values.help) {
    say(USAGE);
    return 0;
  }
  const witness = values.head === undefined ? null : readHead(values.head);
  if (values.head !== undefined && !witness)
    throw new Error(`'${values.head}' is not the head of a check.\n\n${USAGE}`);
  const { url, stop } = await database(values.data);
  const client = new pg.Client(url);
  try {
    await client.connect();
    const read: ReadRows = async <Row>(sql: string, ...given: (bigint | number)[]) =>
      (await client.query(sql, given)).rows as Row[];
    const { entries, head, faults, found } = await checkChain(read, witness, (checked) => {
      if (process.stderr.isTTY) process.stderr.write(`\r${checked} links checked`);
    });
    if (process.stderr.isTTY) process.stderr.write('\n');
    for (const { link, entry, what } of faults) say(`link ${link}, entry ${entry ?? '–'}: ${what}`);
    if (found > faults.length) say(`… and ${found - faults.length} more`);
    say(
      found === 0
        ? `${entries} entries: none was changed, removed or added past the chain.`
        : `${entries} entries, ${found === 1 ? '1 fault' : `${found} faults`}.`
    );
    say(`Head: ${head.link}:${head.hash}`);
    return found === 0 ? 0 : 1;
  } finally {
    await client.end();
    await stop();
  }
}

async function database(data: string | undefined): Promise<{ url: string; stop: () => Promise<unknown> }> {
  const { DATABASE_URL: url } = process.env;
  if (url && data === undefined) return { url, stop: async () => {} };
  const dataDir = path.resolve(data ?? '.backstitch/data', 'postgres');
  if (!existsSync(dataDir)) throw new Error(`There is no database in ${path.dirname(dataDir)}.\n\n${USAGE}`);
  const server = await startPostgres({ dataDir, onProgress: () => {} });
  return { url: server.url, stop: () => (server.reused ? Promise.resolve() : server.stop()) };
}
