/** Flows of every construct, nested at random, whose expressions read any value that is in scope. */
import fc from 'fast-check';
import { outputName } from '../../flow/document';

/** An output that an expression may read; `sure`: an object with a number `n`, in any case. */
interface Known {
  name: string;
  sure: boolean;
}
interface Built {
  steps: object[];
  /** What is known behind the sequence. */
  known: Known[];
  /** No path leads past it. */
  ends: boolean;
}
interface Place {
  known: Known[];
  depth: number;
  inParallel: boolean;
}

const DEEPEST = 2;
const object = (properties: object) => ({ type: 'object', properties, required: Object.keys(properties) });
const number = { type: 'number' };

export const randomFlow: fc.Arbitrary<object> = fc
  .infiniteStream(fc.nat())
  .map((numbers) => new FlowBuilder((below) => (numbers.next().value as number) % below).document());

class FlowBuilder {
  #ids = 0;
  #pivoted = false;

  /** `draw`: a number from 0 up to, but not, the one given. */
  constructor(private readonly draw: (below: number) => number) {}

  document(): object {
    const { steps, ends, known } = this.#sequence({ known: [], depth: 0, inParallel: false });
    const last = { ...this.#named('end'), output: { n: 0 } };
    return {
      format: 1,
      name: 'random',
      title: 'Random',
      input: object({ n: number }),
      output: object({ n: number }),
      variables: {
        count: { schema: number, initial: 0 },
        phase: { schema: { type: 'string', enum: ['new', 'old'] }, initial: 'new' },
        flag: { schema: { type: 'boolean' }, initial: false },
      },
      signals: { told: { title: 'Told', schema: object({ n: number }) } },
      queries: { all: { title: 'All', result: known.map(({ name }) => ({ $expr: name })) } },
      updates: { change: { title: 'Change', schema: object({ n: number }), set: { phase: 'old' } } },
      steps: ends ? steps : [...steps, last],
    };
  }

  #sequence(place: Place): Built {
    const steps: object[] = [];
    let { known } = place;
    const length = this.draw(place.depth === 0 ? 7 : 4);
    for (let index = 0; index < length; index++) {
      const node = this.#node({ ...place, known });
      steps.push(node.step);
      known = node.known;
      if (node.ends) return { steps, known, ends: true };
    }
    return { steps, known, ends: false };
  }

  #node(place: Place): { step: object; known: Known[]; ends: boolean } {
    const kind = place.depth < DEEPEST ? this.draw(18) : this.draw(8);
    if (kind < 5) return this.#caught(place, this.#action(place));
    if (kind === 5) return { step: this.#small(place), known: place.known, ends: false };
    if (kind === 6) return this.#caught(place, this.#signal(place));
    if (kind === 7 && this.draw(3) === 0) return { step: this.#end(place), known: place.known, ends: true };
    if (kind < 9) return this.#caught(place, this.#approval(place));
    if (kind < 12) return this.#caught(place, this.#choice(place));
    if (kind === 14) return this.#caught(place, this.#group(place));
    if (kind > 14) return this.#caught(place, this.#several(place, kind));
    return this.#caught(place, this.#parallel(place));
  }

  /**
   * Some nodes catch: when a handler goes on, nothing that the node gives is sure, and of what is inside nothing is
   * known.
   */
  #caught(place: Place, node: { step: object; own: Known | null; inner: Known[]; ends: boolean }) {
    const { step, own, inner, ends } = node;
    if (this.draw(3) > 0) return { step, known: [...place.known, ...inner, ...(own ? [own] : [])], ends };
    const handlers = Array.from({ length: 1 + this.draw(2) }, () => {
      const { steps, ends: handled } = this.#sequence(deeper(place));
      const as = this.draw(2) === 0 ? { as: 'problem' } : {};
      return {
        handler: { types: this.draw(2) === 0 ? [] : ['Odd'], scope: 'undo', ...as, then: steps },
        ends: handled,
      };
    });
    const allEnd = handlers.every((each) => each.ends);
    const known = [...place.known, ...(allEnd ? inner : []), ...(own ? [{ ...own, sure: own.sure && allEnd }] : [])];
    return { step: { ...step, catch: handlers.map(({ handler }) => handler) }, known, ends: ends && allEnd };
  }

  #action(place: Place) {
    const named = this.#named('action');
    const own = outputName(named.id);
    const typed = this.draw(3) > 0;
    const attempted = this.draw(3) === 0;
    const readsOwn = typed && this.draw(2) === 0 ? [{ $expr: attempted ? `${own}?.n ?? 0` : `${own}.n` }] : [];
    const body = [this.#reads(place), ...readsOwn];
    const undo = {
      title: 'undo',
      activity: 'http.request',
      input: { body },
      armed: attempted ? 'attempted' : 'completed',
    };
    const check = { policy: 'check', activity: 'http.request', input: { body: this.#reads(place) } };
    const pivot = place.depth === 0 && !this.#pivoted && this.draw(6) === 0;
    this.#pivoted ||= pivot;
    const step = {
      ...named,
      activity: 'http.request',
      effect: 'reversible',
      input: { body: this.#reads(place) },
      ...(typed ? { output: object({ n: number }) } : {}),
      ...(this.draw(2) === 0 ? { undo } : {}),
      ...(this.draw(3) === 0 ? { unknown: check } : {}),
      ...(pivot ? { pivot } : {}),
    };
    return { step, own: { name: own, sure: typed }, inner: [], ends: false };
  }

  #signal(place: Place) {
    const step = { ...this.#named('waitForSignal'), signal: 'told', timeout: '1h' };
    const own = { name: outputName(step.id), sure: true };
    if (this.draw(2) === 0) return { step, own, inner: [], ends: false };
    const { steps: onTimeout } = this.#sequence(deeper(place));
    return { step: { ...step, onTimeout }, own: { ...own, sure: false }, inner: [], ends: false };
  }

  #approval(place: Place) {
    const step = { ...this.#named('approval'), question: '?', data: this.#reads(place) };
    const own = { name: outputName(step.id), sure: false };
    if (this.draw(2) === 0) return { step, own, inner: [], ends: false };
    const { steps: onReject } = this.#sequence(deeper({ ...place, known: [...place.known, own] }));
    return { step: { ...step, onReject }, own, inner: [], ends: false };
  }

  #choice(place: Place) {
    const branches = Array.from({ length: 1 + this.draw(2) }, () => {
      const when = `${this.#reads(place).$expr}.length > 1`;
      return { branch: { ...this.#branch(), when }, built: this.#sequence(deeper(place)) };
    });
    const otherwise = this.draw(2) === 0 ? this.#sequence(deeper(place)) : null;
    const step = {
      ...this.#named('choice'),
      branches: branches.map(({ branch, built }) => ({ ...branch, steps: built.steps })),
      ...(otherwise ? { otherwise: { title: 'otherwise', steps: otherwise.steps } } : {}),
    };
    const ends = otherwise?.ends === true && branches.every(({ built }) => built.ends);
    return { step, own: null, inner: [], ends };
  }

  #parallel(place: Place) {
    const branches = Array.from({ length: 2 + this.draw(2) }, () => {
      const named = this.#branch();
      return { named, built: this.#sequence({ ...deeper(place), inParallel: true }) };
    });
    const step = {
      ...this.#named('parallel'),
      branches: branches.map(({ named, built }) => ({ ...named, steps: built.steps })),
    };
    const inner = branches.flatMap(({ built }) => built.known.filter((each) => !place.known.includes(each)));
    return { step, own: null, inner, ends: false };
  }

  #group(place: Place) {
    const { steps, known, ends } = this.#sequence(deeper(place));
    const inner = known.filter((each) => !place.known.includes(each));
    return { step: { ...this.#named('group'), steps }, own: null, inner, ends };
  }

  /** Loops and races: nothing behind them reads their steps. */
  #several(place: Place, kind: number) {
    const inside = () => this.#sequence({ ...deeper(place), inParallel: true });
    if (kind === 15) {
      const named = this.#named('each');
      const item = outputName(`${named.id}-item`);
      const { steps } = this.#sequence({
        ...deeper({ ...place, known: [...place.known, { name: item, sure: false }] }),
        inParallel: true,
      });
      const items = `${this.#reads(place).$expr}.map((each) => ({ each }))`;
      const step = { ...named, items, item, concurrency: 2, steps };
      return { step, own: { name: outputName(named.id), sure: false }, inner: [], ends: false };
    }
    if (kind === 16) {
      const { steps, known } = inside();
      const until = `${this.#reads({ ...place, known }).$expr}.length > 1`;
      return { step: { ...this.#named('repeat'), until, most: 3, steps }, own: null, inner: [], ends: false };
    }
    const named = this.#named('race');
    const branches = Array.from({ length: 2 }, () => ({ ...this.#branch(), steps: inside().steps }));
    return { step: { ...named, branches }, own: { name: outputName(named.id), sure: false }, inner: [], ends: false };
  }

  #small(place: Place): object {
    switch (this.draw(4)) {
      case 0:
        return { ...this.#named('wait'), duration: '1s' };
      case 1:
        return { ...this.#named('wait'), until: `${this.#reads(place).$expr}.join('')` };
      case 2:
        return { ...this.#named('set'), values: { flag: false } };
      default: {
        const count = { $expr: `${this.#reads(place).$expr}.length` };
        return { ...this.#named('set'), values: { count, phase: 'new', flag: true } };
      }
    }
  }

  #end({ inParallel }: Place): object {
    if (inParallel || this.draw(2) === 0) return { ...this.#named('fail'), errorType: 'Odd', message: 'odd' };
    return { ...this.#named('end'), output: { n: 1 } };
  }

  #branch() {
    const id = `n-${++this.#ids}`;
    return { id, title: id };
  }
  #named(kind: string) {
    return { ...this.#branch(), kind };
  }

  /** Whatever is known may be read as it is; of what is sure, its number. */
  #reads({ known }: Place): { $expr: string } {
    const read = Array.from({ length: this.draw(3) }, () => known[this.draw(Math.max(1, known.length))]);
    const texts = read.flatMap((each) => (each ? [each.sure ? `${each.name}.n` : each.name] : []));
    return { $expr: `[${['input.n', ...texts, "phase === 'old' && flag", 'count'].join(', ')}]` };
  }
}

const deeper = (place: Place): Place => ({ ...place, depth: place.depth + 1 });
