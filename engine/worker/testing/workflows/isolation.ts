/** What a run may do to itself, and must not do to another: for tests of the sandbox. */
import { defaultPayloadConverter, sleep } from '@temporalio/workflow';

type Anything = ReturnType<typeof JSON.parse>;
const the = globalThis as Anything;
const nameOf = (work: () => unknown): string => {
  try {
    work();
    return 'done';
  } catch (error) {
    return (error as Error).name;
  }
};

let count = 0;
const visitors: string[] = [];
export async function counting(name: string): Promise<unknown> {
  count++;
  visitors.push(name);
  await sleep(10);
  count++;
  return { count, visitors };
}

export async function globals(name: string): Promise<unknown> {
  const before = { leak: the.leak, match: (RegExp as Anything).$1 };
  const assigned = nameOf(() => (the.leak = name));
  /(a+)/.exec(`b${'a'.repeat(name.length)}`);
  await sleep(10);
  return { ...before, assigned, after: the.leak };
}

/** Runs of this workflow use the same timer numbers: each run counts from 1. */
export async function timers(cancels: boolean): Promise<string> {
  let fired = 'nothing';
  const handle = setTimeout(() => (fired = 'the timer'), 1_000);
  await sleep(10);
  if (cancels) clearTimeout(handle);
  await sleep(5_000);
  return fired;
}

export async function poisoned(): Promise<unknown> {
  const payload: Anything = defaultPayloadConverter.toPayload('x');
  payload.metadata.encoding.fill(0);
  await sleep(10);
  return Array.from((defaultPayloadConverter.toPayload('x') as Anything).metadata.encoding as Uint8Array);
}

/** Ordinary JavaScript that changes its own objects. */
export async function overrides(): Promise<Record<string, string>> {
  const tries: Record<string, () => string> = {
    'toString of an object': () => {
      const order: Anything = {};
      order.toString = () => 'mine';
      return String(order);
    },
    'constructor of an object': () => {
      const order: Anything = {};
      order.constructor = 'mine';
      return order.constructor;
    },
    'valueOf of a child': () => {
      const order: Anything = Object.create({ a: 1 });
      order.valueOf = () => 'mine';
      return order.valueOf();
    },
    'name and message of an error': () => {
      const error = new TypeError('theirs');
      error.name = 'Mine';
      error.message = 'mine';
      return String(error) === 'Mine: mine' ? 'mine' : String(error);
    },
    'prototype of an old class': () => {
      const Old = function () {} as Anything;
      Old.prototype.toString = () => 'mine';
      return String(new Old());
    },
    'prototype of an error class': () => {
      class Mine extends Error {}
      (Mine.prototype as Anything).name = 'mine';
      return new Mine().name;
    },
    'toString of an array': () => {
      const list: Anything = [1];
      list.toString = () => 'mine';
      return String(list);
    },
    'toJSON of a date': () => {
      const date: Anything = new Date(0);
      date.toJSON = () => 'mine';
      return JSON.parse(JSON.stringify(date));
    },
    'toString of a function': () => {
      const work: Anything = () => 1;
      work.toString = () => 'mine';
      return String(work);
    },
    'twice the same': () => {
      const order: Anything = {};
      order.toString = () => 'theirs';
      order.toString = () => 'mine';
      return Object.keys(order).join() === 'toString' ? String(order) : 'hidden';
    },
  };
  return Object.fromEntries(
    Object.entries(tries).map(([name, work]) => {
      try {
        return [name, work()];
      } catch (error) {
        return [name, String(error)];
      }
    })
  );
}

/**
 * Uses the globals that Temporal's sandbox offers. The same code runs in Node too, and the results must be the same.
 */
export function offered(): unknown {
  const url = new URL('../p a?x=1&y=ü#h', 'https://user:pw@example.com:8080/a/b/c');
  url.searchParams.append('z', '1 + 1');
  url.searchParams.delete('x');
  url.port = '443';
  url.hash = '';
  const params = new URLSearchParams([
    ['b', '2'],
    ['a', '1'],
    ['b', '3'],
  ]);
  params.sort();
  const decoder = new TextDecoder();
  const bytes = new TextEncoder().encode('€ and 𝄞');
  const controller = new AbortController();
  const heard: unknown[] = [];
  controller.signal.addEventListener('abort', (event) => heard.push(event.type), { once: true });
  controller.signal.onabort = () => heard.push('onabort');
  controller.abort();
  controller.abort();
  const any = AbortSignalOf(controller).any([new AbortController().signal, controller.signal]);
  return {
    url: [url.href, url.origin, url.host, url.pathname, url.search, JSON.stringify({ url })],
    invalid: [nameOf(() => new URL('nothing')), URL.canParse('nothing'), URL.canParse('/a', 'http://b')],
    params: [String(params), params.getAll('b'), params.has('b', '3'), [...params.keys()], params.size],
    fromRecord: String(new URLSearchParams({ q: 'a&b', é: '' })),
    bytes: [...bytes],
    streamed: [decoder.decode(bytes.slice(0, 2), { stream: true }), decoder.decode(bytes.slice(2))],
    latin: new TextDecoder('latin1').decode(new Uint8Array([0xe9])),
    fatal: nameOf(() => new TextDecoder('utf-8', { fatal: true }).decode(new Uint8Array([0xff]))),
    into: new TextEncoder().encodeInto('€€', new Uint8Array(5)),
    abort: [controller.signal.aborted, (controller.signal.reason as Error).name, heard, any.aborted],
    thrown: nameOf(() => controller.signal.throwIfAborted()),
    intl: new Intl.NumberFormat('de-DE', { style: 'currency', currency: 'EUR' }).format(1234.5),
    tags: [url, params, decoder, controller].map((value) => Object.prototype.toString.call(value)),
  };
}
const AbortSignalOf = (controller: AbortController) => controller.signal.constructor as unknown as typeof AbortSignal;

export async function atWork(): Promise<unknown> {
  const weak = [
    nameOf(() => new the.WeakRef({})),
    nameOf(() => new the.FinalizationRegistry(() => {})),
    nameOf(() => the.assert.deepStrictEqual({ a: [1] }, { a: [1] })),
    nameOf(() => the.assert.equal(1, 2)),
    new (Object.getPrototypeOf(new Date()).constructor)().getTime() === Date.now() ? 'one clock' : 'two clocks',
  ];
  return { offered: offered(), weak };
}
