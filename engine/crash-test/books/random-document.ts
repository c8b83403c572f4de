/**
 * Flow documents of every kind of node, nested at random, whose steps call the hostile service, and which run each other
 * as children. Some are refused when they are published, for example for a second point of no return.
 */
import { ALL_OF_CHILD } from '../../trial/planned-children';
import type { Random } from '../random';

export const CONNECTION = 'hostile';
const DEEPEST = 2;
const OPTIONS = {
  startToCloseTimeout: '2s',
  // Long beside a call: on a busy machine, too, a call ends before another one is tried again.
  retry: { maximumAttempts: 3, initialInterval: '700ms', backoffCoefficient: 1 },
};
/** A flow of one step, which is what a child is for a trial: one effect, in which is all that it does. */
export const LEAF = 'books-leaf';
const call = (path: string) => ({ method: 'POST', connection: CONNECTION, path, body: {} });

/** `flows`: those that it may run as children. */
export function randomDocument(name: string, random: Random, flows: readonly string[]): object {
  return new Builder(random, flows).document(name);
}

/** As in a trial, its undo is tried once, and an operator is asked then. */
export const leafDocument = {
  format: 2,
  name: LEAF,
  title: LEAF,
  input: { type: 'object' },
  steps: [
    {
      id: ALL_OF_CHILD,
      title: 'All',
      kind: 'action',
      activity: 'http.request',
      input: call('/do'),
      effect: 'reversible',
      lateCalls: 'refused',
      unknown: { policy: 'undo' },
      options: { ...OPTIONS, retry: { maximumAttempts: 1 } },
      undo: {
        title: 'Undo all',
        activity: 'http.request',
        input: call('/undo'),
        options: { ...OPTIONS, retry: { maximumAttempts: 1 } },
        onFailure: 'ask',
      },
    },
  ],
};

class Builder {
  #ids = 0;
  #pivoted = false;

  constructor(
    private readonly random: Random,
    private readonly flows: readonly string[]
  ) {}

  document(name: string): object {
    const items = { type: 'array', items: { type: 'integer' } };
    return {
      format: 2,
      name,
      title: name,
      input: { type: 'object', properties: { items }, required: ['items'] },
      signals: { told: { title: 'Told', schema: { type: 'object' } } },
      steps: this.#sequence(0, 6),
    };
  }

  #sequence(depth: number, most: number): object[] {
    return Array.from({ length: this.random.between(1, most) }, () => this.#node(depth));
  }

  #node(depth: number): object {
    const { random } = this;
    const id = `n-${++this.#ids}`;
    const named = { id, title: id };
    if (depth >= DEEPEST || random.chance(0.4)) return this.#caught(depth, { ...named, ...this.#action(depth) });
    const inside = (most: number) => ({ steps: this.#sequence(depth + 1, most) });
    const branches = (more: () => object = () => ({})) =>
      [0, 1].map((at) => ({ id: `${id}-b${at}`, title: `Branch ${at}`, ...more(), ...inside(2) }));
    const kinds: (() => object)[] = [
      () => ({
        kind: 'choice',
        branches: branches(() => ({ when: `input.items.length > ${random.between(0, 2)}` })),
        otherwise: { title: 'Otherwise', ...inside(1) },
      }),
      () => ({ kind: 'parallel', unwind: random.pick(['reverse', 'together']), branches: branches() }),
      () => ({ kind: 'race', branches: branches() }),
      () => ({
        kind: 'each',
        items: 'input.items',
        item: `item${id.slice(2)}`,
        concurrency: random.between(1, 3),
        onFailure: random.pick(['stop', 'finish', 'collect']),
        ...inside(2),
      }),
      () => ({ kind: 'repeat', while: 'true', most: 2, ...inside(2) }),
      () => ({ kind: 'group', ...inside(3) }),
      () => ({ kind: 'wait', duration: '1s' }),
      () => ({
        kind: 'approval',
        question: 'Go on?',
        data: {},
        timeout: '3s',
        onTimeout: random.pick(['fail', 'reject', 'approve']),
        ...(random.chance(0.4) ? { onReject: this.#sequence(depth + 1, 1) } : {}),
      }),
      () => this.#child(),
      () => ({ kind: 'waitForSignal', signal: 'told', timeout: '3s', onTimeout: this.#sequence(depth + 1, 1) }),
    ];
    const node = { ...named, ...random.pick(kinds)() };
    return 'duration' in node ? node : this.#caught(depth, node);
  }

  #child(): object {
    const { random } = this;
    const flow = random.pick(this.flows);
    const waits = random.pick(['end', 'end', 'start']);
    return {
      kind: 'child',
      flow,
      waits,
      input: flow === LEAF ? {} : { items: { $expr: 'input.items' } },
      ...(random.chance(0.5) ? { onParentClose: random.pick(['stop', 'kill', 'leave']) } : {}),
      ...(waits === 'end' && flow !== LEAF && random.chance(0.2) ? { timeout: '6s' } : {}),
    };
  }

  #action(depth: number): object {
    const { random } = this;
    const effect = random.pick(['none', 'irreversible', ...Array.from({ length: 8 }, () => 'reversible')]);
    const look = { activity: 'http.request', input: { ...call('/look'), answer: 'lookup' }, options: OPTIONS };
    const unknown = random.pick([
      { policy: effect === 'reversible' ? 'undo' : 'ask' },
      { policy: 'check', ...look },
      { policy: 'ask' },
    ]);
    const hasUndo = effect === 'reversible' && (unknown.policy === 'undo' || random.chance(0.8));
    const undo = {
      title: 'Undo',
      activity: 'http.request',
      input: call('/undo'),
      options: OPTIONS,
      armed: random.pick(['attempted', 'completed']),
      onFailure: random.pick(['ask', 'ask', 'continue']),
    };
    const isPivot = depth === 0 && !this.#pivoted && random.chance(0.12);
    this.#pivoted ||= isPivot;
    return {
      kind: 'action',
      activity: 'http.request',
      input: call('/do'),
      effect,
      options: OPTIONS,
      ...(effect === 'none' ? {} : { lateCalls: 'refused', unknown }),
      ...(hasUndo ? { undo } : {}),
      ...(isPivot ? { pivot: true } : {}),
    };
  }

  #caught(depth: number, node: object & { id: string }): object {
    const { random } = this;
    if (depth >= DEEPEST || random.chance(0.75)) return node;
    const types = random.pick([[], [], ['NotApplied'], ['HttpStatus']]);
    const scope = random.pick(['keep', 'undo', 'undo']);
    return { ...node, catch: [{ id: `c-${node.id}`, types, scope, then: this.#sequence(DEEPEST, 1) }] };
  }
}
