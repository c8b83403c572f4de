/**
 * Which web processes there are: each one keeps a row of its own. Any of them answers the page of the workers.
 *
 * [WPR1] A process that stops removes its row. One that was killed is shown for at most SHOWN_MS, and its row is removed by
 *        another one.
 * [WPR3] Times are those of the database: the clocks of two machines are never compared.
 * [WPR2] While the database is away nothing else waits for it: the row is written again at the next time.
 */
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Logger } from 'pino';
import type { WebProcess } from '@/app/_contract/workers';
import type { PrismaClient } from '@/prisma/client/client';

const EVERY_MS = 15_000;
const SHOWN_MS = 45_000;

export class WebPresence {
  readonly #id = randomUUID();
  readonly #startedAt = new Date(Date.now() - Math.round(process.uptime() * 1_000));
  readonly #timer: NodeJS.Timeout;
  #writing: Promise<void>;

  constructor(
    private readonly database: PrismaClient,
    private readonly version: string,
    private readonly log: Pick<Logger, 'debug'>
  ) {
    this.#writing = this.#write();
    this.#timer = setInterval(() => (this.#writing = this.#write()), EVERY_MS);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#writing;
    await this.#tried(() => this.database.webProcess.deleteMany({ where: { id: this.#id } }));
  }

  #write(): Promise<void> {
    const residentBytes = BigInt(process.memoryUsage.rss());
    return this.#tried(async () => {
      const seenAt = await timeOf(this.database);
      await this.database.webProcess.upsert({
        where: { id: this.#id },
        create: {
          id: this.#id,
          host: hostname(),
          pid: process.pid,
          version: this.version,
          node: process.versions.node,
          startedAt: this.#startedAt,
          seenAt,
          residentBytes,
        },
        update: { seenAt, residentBytes },
      });
      await this.database.webProcess.deleteMany({ where: { seenAt: { lt: new Date(seenAt.getTime() - SHOWN_MS) } } });
    });
  }

  /** [WPR2] */
  async #tried(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.log.debug({ err: error }, 'the row of this web process cannot be written now');
    }
  }
}

/** [WPR3] */
async function timeOf(database: PrismaClient): Promise<Date> {
  const [row] = await database.$queryRaw<{ now: Date }[]>`SELECT clock_timestamp() AS now`;
  return row!.now;
}

/** The oldest first. */
export async function webProcesses(database: PrismaClient): Promise<WebProcess[]> {
  const now = await timeOf(database);
  const rows = await database.webProcess.findMany({
    where: { seenAt: { gte: new Date(now.getTime() - SHOWN_MS) } },
    orderBy: [{ startedAt: 'asc' }, { id: 'asc' }],
  });
  return rows.map(({ id, host, pid, version, node, startedAt, residentBytes }) => ({
    id,
    host,
    pid,
    version,
    node,
    startedMs: startedAt.getTime(),
    residentBytes: Number(residentBytes),
  }));
}
