/**
 * Looks at the rules again and again, in one web process at a time: whoever has renewed the lease in `alert_work` lately. It
 * starts the run of an alert that was opened, and tells it of changes.
 *
 * Rules
 * [ALW1] An alert is opened in the database first; its run is started, or told, afterwards, again and again until that is known
 *        to have happened. So a process that ends in between loses nothing, and starts nothing twice.
 * [ALW3] Every hour, and when a process begins to look, the run of each alert is told, so that one that somebody terminated, or
 *        that a restored database has lost, is started again.
 * [ALW2] The lease saves work. That there is one alert, and one run of it, does not depend on it ([ALE1], [ALF1]).
 */
import { randomUUID } from 'node:crypto';
import { failureOf } from '../failure';
import type { Web } from '../web';
import type { Subject } from './conditions';
import { evaluate } from './evaluate';
import type { AlertRuns } from './flow';
import { Remembered } from './rates';
import { removeOldAlerts } from './remove-old';

type Parts = Parameters<typeof evaluate>[0];

const EVERY_MS = 5_000;
const GATHER_MS = 200;
const LEASE_MS = 20_000;
const CARE_EVERY_MS = 60 * 60_000;
/** An alert that ended before that has told it, or never will. */
const ENDED_MS = 3 * 24 * 60 * 60_000;
/** At once. */
const RUNS_MOST = 50;

export class AlertWatch {
  readonly #holder = randomUUID();
  #timer: NodeJS.Timeout | null = null;
  #working: Promise<void> | null = null;
  #isWoken = false;
  #isClosed = false;
  #careAt = -Infinity;
  readonly #remembered = new Remembered<Subject[]>();

  /** `web`: complete when the first look begins. */
  constructor(
    private readonly web: () => Parts,
    private readonly runs: () => Pick<AlertRuns, 'start' | 'changed'>,
    private readonly now: () => Date = () => new Date()
  ) {}

  start(): void {
    this.#later(EVERY_MS);
  }

  /** A rule or an alert was changed. */
  wake(): void {
    this.#isWoken = true;
    if (!this.#working) this.#later(GATHER_MS);
  }

  /** One look at a time. */
  look(): Promise<void> {
    this.#working ??= this.#look().finally(() => (this.#working = null));
    return this.#working;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#timer) clearTimeout(this.#timer);
    await this.#working?.catch(() => undefined);
    await this.web().database
      .$executeRaw`UPDATE app.alert_work SET until = now() WHERE id = 1 AND holder = ${this.#holder}`.catch(() => 0);
  }

  #later(ms: number): void {
    if (this.#isClosed) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#isWoken = false;
      void this.look()
        .catch((error: unknown) =>
          this.web().log.debug({ failure: failureOf(error) }, 'rules of alerts cannot be looked at now')
        )
        .finally(() => this.#later(this.#isWoken ? GATHER_MS : EVERY_MS));
    }, ms);
    this.#timer.unref();
  }

  async #look(): Promise<void> {
    const web = this.web();
    const held = await web.database.$executeRaw`
      UPDATE app.alert_work SET holder = ${this.#holder}, until = now() + ${LEASE_MS}::int * interval '1 millisecond'
      WHERE id = 1 AND (holder = ${this.#holder} OR until <= now())`;
    if (held === 0) return;
    await evaluate(web, this.now(), this.#remembered);
    if (performance.now() >= this.#careAt) {
      this.#careAt = performance.now() + CARE_EVERY_MS;
      await removeOldAlerts(web, this.now());
      await remind(web, this.now());
    }
    await carry(web, this.runs());
  }
}

/** [ALW3] */
async function remind({ database }: Pick<Web, 'database'>, now: Date): Promise<void> {
  const since = new Date(now.getTime() - ENDED_MS);
  await database.alert.updateMany({
    where: { OR: [{ resolvedAt: null }, { resolvedAt: { gt: since } }] },
    data: { changes: { increment: 1 } },
  });
}

/** [ALW1] Starts and tells the runs that do not know yet. */
export async function carry(
  { database }: Pick<Web, 'database'>,
  runs: Pick<AlertRuns, 'start' | 'changed'>
): Promise<void> {
  const due = await database.alert.findMany({
    where: { OR: [{ isStartDue: true }, { changes: { gt: database.alert.fields.toldChanges } }] },
    orderBy: { openedAt: 'asc' },
    take: RUNS_MOST,
  });
  for (const { id, targets, isStartDue, changes } of due) {
    const isOpen = !isStartDue && (await runs.changed(id));
    if (!isOpen) await runs.start(id, targets);
    // A change that came meanwhile is told in the next look.
    await database.alert.updateMany({ where: { id }, data: { isStartDue: false, toldChanges: changes } });
  }
}
