/**
 * Flows of steps with effects, choices, parallel branches, catches and points of no return, nested at random. Which way
 * a choice goes is drawn with it, so that a run of the flow needs nothing from outside.
 */
import fc from 'fast-check';
import type { FlowNode } from '../../flow/document';
import { pivotPlaces } from '../../flow/pivots';
import { allNodes } from '../../flow/tree';

const DEEPEST = 2;
const POST = { method: 'POST', connection: 'service', path: '/do' };

/** A document, not yet checked. */
export const randomSaga: fc.Arbitrary<object> = fc
  .infiniteStream(fc.nat())
  .map((numbers) => new SagaBuilder((below) => (numbers.next().value as number) % below).document());

/** Validation refuses a point of no return after another one. */
function keepFirstPivots(steps: FlowNode[]): void {
  const pivots = () => allNodes(steps).filter((node) => node.kind === 'action' && node.pivot);
  for (;;) {
    const places = pivotPlaces(steps);
    const second = pivots().find(({ id }) => places.get(id) !== 'before');
    if (!second) return;
    delete (second as { pivot?: boolean }).pivot;
  }
}

class SagaBuilder {
  #ids = 0;

  /** `draw`: a number from 0 up to, but not including, the given one. */
  constructor(private readonly draw: (below: number) => number) {}

  document(): object {
    const steps = this.#sequence(0, 6) as FlowNode[];
    keepFirstPivots(steps);
    return { format: 1, name: 'random', title: 'Random', input: { type: 'object' }, steps };
  }

  #sequence(depth: number, most: number): object[] {
    return Array.from({ length: 1 + this.draw(most) }, () => this.#node(depth));
  }

  #node(depth: number): object {
    const kind = depth < DEEPEST ? this.draw(9) : 0;
    const id = `n-${++this.#ids}`;
    const named = { id, title: id };
    if (kind < 5) return this.#caught(depth, { ...named, ...this.#action() });
    const branches = (more: () => object) =>
      Array.from({ length: 2 }, (_, at) => {
        const branch = `${id}-b${at}`;
        return { id: branch, title: branch, ...more(), steps: this.#sequence(depth + 1, 2) };
      });
    if (kind < 7) {
      const isTaken = () => ({ when: this.draw(2) === 0 ? '1 < 2' : '2 < 1' });
      const otherwise = { title: 'otherwise', steps: this.#sequence(depth + 1, 1) };
      return this.#caught(depth, { ...named, kind: 'choice', branches: branches(isTaken), otherwise });
    }
    if (kind === 8) return this.#caught(depth, { ...named, kind: 'group', steps: this.#sequence(depth + 1, 3) });
    return this.#caught(depth, { ...named, kind: 'parallel', branches: branches(() => ({})) });
  }

  #action(): object {
    const kind = this.draw(6);
    const effect = kind === 0 ? 'none' : kind === 1 ? 'irreversible' : 'reversible';
    const undo = { title: 'Undo', activity: 'http.request', input: POST };
    return {
      kind: 'action',
      activity: 'http.request',
      input: POST,
      effect,
      ...(effect === 'none' ? {} : { lateCalls: 'refused', unknown: { policy: 'ask' } }),
      ...(effect === 'reversible' && this.draw(6) > 0 ? { undo } : {}),
      ...(this.draw(4) === 0 ? { pivot: true } : {}),
    };
  }

  #caught(depth: number, node: object): object {
    if (depth >= DEEPEST || this.draw(4) > 0) return node;
    const types = this.draw(3) > 0 ? [] : this.draw(2) > 0 ? ['Odd'] : ['Other'];
    const then = this.#sequence(DEEPEST, 1);
    return { ...node, catch: [{ types, scope: this.draw(3) === 0 ? 'keep' : 'undo', then }] };
  }
}
