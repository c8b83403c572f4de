/**
 * What ended, for rules about rates and durations: one question to the engine for all flows and all rules of the same window,
 * and not at every look.
 *
 * Rules
 * [ALQ1] What a rule of a window of n minutes found is used again for n seconds, at least 5 and at most 60: within that time at
 *        most a sixtieth of its window is new. A changed rule is asked at once.
 * [ALQ2] Versions of a flow are counted together. What belongs to no published flow is not counted.
 */
import type { EndedCell, EndedQuery } from '@/engine/store/port';
import type { Web } from '../web';

type Asker = Pick<Web, 'catalogue' | 'config' | 'versions'>;
const MINUTE_MS = 60_000;

export interface FlowCell extends Omit<EndedCell, 'workflowType'> {
  flow: string;
}

/** Cells of all published flows, in the order of time. */
export async function endedOfFlows(web: Asker, query: Omit<EndedQuery, 'namespace'>): Promise<FlowCell[]> {
  const [cells, versions] = await Promise.all([
    web.versions.countEnded({ namespace: web.config.namespace, ...query }),
    web.catalogue.listOrLast(),
  ]);
  const flowOf = new Map(versions.map(({ workflowType, flow }) => [workflowType, flow]));
  const merged = new Map<string, FlowCell>();
  for (const { workflowType, ...cell } of cells) {
    const flow = flowOf.get(workflowType);
    if (flow === undefined) continue;
    const key = JSON.stringify([cell.atMs, flow, cell.step]);
    const known = merged.get(key);
    merged.set(key, {
      ...cell,
      flow,
      ended: cell.ended + (known?.ended ?? 0),
      failed: cell.failed + (known?.failed ?? 0),
      slower: cell.slower + (known?.slower ?? 0),
    });
  }
  return [...merged.values()];
}

/** [ALQ1] Answers of the looks before, by what was asked. */
export class Remembered<T> {
  #answers = new Map<string, { atMs: number; answer: T }>();

  /** `minutes`: the window. A clock that was set back asks again. */
  async get(key: string, minutes: number, now: Date, ask: () => Promise<T>): Promise<T> {
    const restMs = Math.min(MINUTE_MS, Math.max(5_000, minutes * 1_000));
    const ageMs = (each: { atMs: number }) => now.getTime() - each.atMs;
    const known = this.#answers.get(key);
    if (known && ageMs(known) >= 0 && ageMs(known) < restMs) return known.answer;
    const answer = await ask();
    for (const [name, each] of this.#answers)
      if (ageMs(each) > MINUTE_MS || ageMs(each) < 0) this.#answers.delete(name);
    this.#answers.set(key, { atMs: now.getTime(), answer });
    return answer;
  }
}
