/**
 * Reports to every open page when the database or the engine goes away or comes back. Probes only while somebody is
 * connected.
 */
import type { Parts } from '@/app/_contract/live';
import type { HealthCheck } from '../health';

const LOOK_MS = 2_000;

interface Door {
  busy: () => boolean;
  tellParts: (parts: Parts) => void;
}

export class PartsWatch {
  #told: Parts | null = null;
  readonly #timer: NodeJS.Timeout;

  constructor(
    private readonly health: Pick<HealthCheck, 'read'>,
    private readonly door: Door
  ) {
    this.#timer = setInterval(() => {
      if (door.busy()) void this.look();
    }, LOOK_MS);
  }

  /** Never rejects: a part that cannot be probed counts as away. */
  async look(): Promise<void> {
    const { database, engine } = await this.health.read();
    if (this.#told?.database === database && this.#told.engine === engine) return;
    this.#told = { database, engine };
    this.door.tellParts(this.#told);
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
