/**
 * The engine's Watch, one stream for each web process, reopened when it breaks: passes on hints, and reports when
 * some were missed.
 */
import type { BackstitchClient, HintMessage } from '@/engine/api/client';

export interface HintListener {
  onHint(hint: HintMessage): void;
  /** From now on no hint is missed; earlier ones may have been. */
  onOpen(): void;
}

const RETRY_MS = 1_000;

export class HintFeed {
  #live = false;
  #stopped = false;
  #stop: (() => void) | null = null;
  #retry: NodeJS.Timeout | null = null;

  constructor(
    private readonly client: Pick<BackstitchClient, 'watch'>,
    private readonly namespace: string,
    private readonly listener: HintListener
  ) {
    this.#open();
  }

  /** True if hints arrive now. */
  get live(): boolean {
    return this.#live;
  }

  close(): void {
    this.#stopped = true;
    this.#live = false;
    if (this.#retry) clearTimeout(this.#retry);
    this.#stop?.();
  }

  #open(): void {
    this.#stop = this.client.watch(
      { namespace: this.namespace },
      {
        onHint: (hint) => this.listener.onHint(hint),
        onOpen: () => {
          this.#live = true;
          this.listener.onOpen();
        },
        onEnd: () => {
          this.#live = false;
          if (!this.#stopped) this.#retry = setTimeout(() => this.#open(), RETRY_MS);
        },
      }
    );
  }
}
