/**
 * Keeps the embedded PostgreSQL running: a server that ended is started again, and one that hangs is killed and
 * started again. The other processes wait for it meanwhile.
 */
import { startPostgres, type PostgresOptions, type PostgresServer } from './postgres';
import { trimLog } from './trim-log';
import type { Watchdog } from './watchdog';

const CHECK_MS = 500;
const TRIM_MS = 60_000;

export class PostgresGuard {
  readonly #timers: NodeJS.Timeout[];
  #mending = false;
  #stopped = false;
  #unwatch: () => void = () => {};

  constructor(
    private server: PostgresServer,
    private readonly options: PostgresOptions,
    private readonly watchdog: Watchdog,
    private readonly say: (line: string) => void
  ) {
    this.#timers = [
      setInterval(() => void this.#look(), CHECK_MS),
      setInterval(() => void trimLog(server.logFile), TRIM_MS),
    ];
    this.#watch();
  }

  /** Stops the server too. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#timers.forEach(clearInterval);
    this.#unwatch();
    await this.server.stop();
  }

  /** The process of the server at the moment. */
  get pid(): number {
    return this.server.pid;
  }

  #watch(): void {
    const server = this.server;
    this.#unwatch = this.watchdog.watch({
      ask: (answered) => void server.answers().then((answer) => answer && answered()),
      hung: () => {
        if (this.#stopped || !server.alive()) return;
        this.say('postgres no longer answers; killing it');
        void server.kill();
      },
    });
  }

  async #look(): Promise<void> {
    if (this.#mending || this.#stopped || this.server.alive()) return;
    this.#mending = true;
    this.#unwatch();
    this.say('postgres has ended; starting it again');
    try {
      this.server = await startPostgres(this.options);
      if (this.#stopped) await this.server.stop();
      else {
        this.#watch();
        this.say('postgres serves again');
      }
    } catch (error) {
      this.say(`postgres: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      this.#mending = false;
    }
  }
}
