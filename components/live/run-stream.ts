/**
 * One watched run on the browser's side of the socket: requests it, applies deltas, detects a gap and requests the
 * run again with its last token. Independent of React; `use-run-live.ts` connects it to a page.
 */
import type { RunDelta, UpstreamState, WatchAnswer, WatchRequest } from '@/app/_contract/live';
import type { AppFailure } from '@/app/_contract/errors';
import type { RunLive } from '@/app/_contract/runs';
import { applyDelta, seenAttempts } from './apply-delta';

export interface StreamPort {
  watch(request: WatchRequest, answer: (answer: WatchAnswer) => void): void;
}
export interface StreamListener {
  onLive(live: RunLive): void;
  onUpstream(state: UpstreamState): void;
  onRefused(error: AppFailure): void;
}

export class RunStream {
  #live: RunLive;
  #seq: number | null = null;
  /** Incremented with every request, so that a late answer to an older request is recognised. */
  #asked = 0;
  #early: RunDelta[] = [];

  constructor(
    private readonly run: { workflowId: string; runId: string },
    live: RunLive,
    private readonly port: StreamPort,
    private readonly listener: StreamListener
  ) {
    this.#live = live;
  }

  /** After each connect, because the server has no memory of the earlier socket. */
  ask(): void {
    const question = ++this.#asked;
    this.#seq = null;
    this.#early = [];
    this.port.watch({ ...this.run, token: this.#live.token }, (answer) => {
      if (question === this.#asked) this.#answered(answer);
    });
  }

  delta(delta: RunDelta): void {
    if (delta.workflowId !== this.run.workflowId || delta.runId !== this.run.runId) return;
    if (this.#seq === null) {
      this.#early.push(delta);
      return;
    }
    if (delta.seq <= this.#seq) return;
    if (delta.seq !== this.#seq + 1) return this.ask();
    this.#seq = delta.seq;
    this.#take(delta);
  }

  #answered(answer: WatchAnswer): void {
    if (answer.kind === 'refused') return this.listener.onRefused(answer.error);
    this.#seq = answer.seq;
    if (answer.kind === 'snapshot') {
      this.#live = { ...answer.live, seenAttempts: seenAttempts(this.#live) };
      this.listener.onUpstream(answer.upstream);
      this.listener.onLive(this.#live);
    } else {
      this.#take(answer.delta);
    }
    const early = this.#early;
    this.#early = [];
    for (const delta of early) this.delta(delta);
  }

  #take(delta: RunDelta): void {
    this.#live = applyDelta(this.#live, delta);
    if (delta.upstream) this.listener.onUpstream(delta.upstream);
    this.listener.onLive(this.#live);
  }
}
