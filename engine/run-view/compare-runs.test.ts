/** The rules are in compare-runs.ts and value-differences.ts. */
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { parseFlow } from '../flow/testing/flow';
import { MASK } from '../flow/values/mask';
import { compareRuns, type ComparedRun, type RunComparison } from './compare-runs';
import type { RunFacts } from './model';
import { project } from './project';
import { HistoryWriter } from './testing/history';
import { manifestOf, orderDocument } from './testing/order';
import { runs } from './testing/runs';
import { pathWords, valueDifferences } from './value-differences';

const order = manifestOf(orderDocument);
const of = (facts: RunFacts, manifest = order): ComparedRun => ({
  facts,
  manifest,
  projection: project(facts, manifest),
});
const all = Object.entries(runs).map(([name, make]) => ({ name, run: of(make()) }));
const step = (comparison: RunComparison, id: string) => comparison.steps.find(({ stepId }) => stepId === id);

/** The same with `a` and `b` exchanged. */
const exchanged = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(exchanged);
  if (typeof value !== 'object' || value === null) return value;
  const { a, b, ...others } = value as { a?: unknown; b?: unknown };
  const rest = Object.fromEntries(Object.entries(others).map(([key, inner]) => [key, exchanged(inner)]));
  return 'a' in value || 'b' in value ? { ...rest, a: b, b: a } : rest;
};
const expectSymmetric = (a: ComparedRun, b: ComparedRun) => {
  // The values of runs have no field 'a' or 'b'.
  const { document, ...forth } = compareRuns(a, b);
  const { document: other, ...back } = compareRuns(b, a);
  expect(exchanged(back)).toEqual(forth);
  expect(other).toEqual(document);
};
const expectSame = (run: ComparedRun) => {
  const { first, steps, effects, input, result } = compareRuns(run, run);
  expect(first).toBeNull();
  expect(steps.flatMap(({ differs }) => differs)).toEqual([]);
  expect(effects.some(({ differs }) => differs)).toBe(false);
  expect([...input.differences, ...result.differences]).toEqual([]);
};

const undo = { title: 'Free', activity: 'http.request', input: {} };
const ship = manifestOf(
  parseFlow({
    format: 2,
    name: 'ship',
    title: 'Ship',
    input: { type: 'object' },
    steps: [
      {
        id: 'pack',
        title: 'Pack',
        kind: 'each',
        items: 'input.parcels',
        item: 'parcel',
        concurrency: 2,
        steps: [
          { id: 'box', title: 'Box', kind: 'action', activity: 'http.request', effect: 'reversible', input: {}, undo },
          { id: 'label', title: 'Label', kind: 'action', activity: 'log', effect: 'none', input: {} },
        ],
      },
      { id: 'tell', title: 'Tell', kind: 'action', activity: 'log', effect: 'none', input: {} },
    ],
  })
);

/** Items whose steps end in every way, a run that is open or closed, and reports that are there or not. */
const anyRun = fc
  .record({
    items: fc.array(
      fc.record({
        box: fc.constantFrom('done', 'failed', 'open'),
        label: fc.constantFrom('none', 'done', 'failed', 'open'),
        isUndone: fc.boolean(),
        answer: fc.integer({ min: 0, max: 2 }),
      }),
      { maxLength: 5 }
    ),
    close: fc.constantFrom('Completed', 'Failed', 'Terminated', null),
    reports: fc.boolean(),
  })
  .map(({ items, close, reports }) => {
    const history = new HistoryWriter();
    const states: NonNullable<RunFacts['nodes']>['nodes'] = {};
    const begin = (id: string, how: string, answer: unknown) => {
      history.schedule(id);
      if (how === 'done') history.complete(id, answer);
      if (how === 'failed') history.fail(id, 'Odd', 'no ink', { attempt: 2 });
    };
    items.forEach(({ box, label, isUndone, answer }, index) => {
      const item = index + 1;
      begin(`box~${item}`, box, { boxId: answer });
      if (box === 'done' && label !== 'none') begin(`label~${item}`, label, { ok: true });
      if (box === 'done' && isUndone) history.do(`box~${item}:undo`);
      states[`pack~${item}`] = { state: box === 'failed' || label === 'failed' ? 'failed' : 'done' };
    });
    if (close) history.close(close);
    const status = { Completed: 'completed', Failed: 'failed', Terminated: 'terminated' } as const;
    const nodes = reports ? { phase: 'forward' as const, nodes: states, waitsFor: [] } : null;
    return of(history.facts({ status: close ? status[close] : 'running', nodes }), ship);
  });

describe('a run compared with itself, and both ways', () => {
  test.each(all)('[RDF1] $name has no difference from itself', ({ run }) => expectSame(run));

  test.each(all)('[RDF1] $name and any other run: both ways the same', ({ run }) => {
    for (const other of all) expectSymmetric(run, other.run);
  });

  it('[RDF1] holds for random runs of a loop', () => {
    fc.assert(
      fc.property(anyRun, anyRun, (a, b) => {
        expectSame(a);
        expectSymmetric(a, b);
      }),
      { numRuns: 200 }
    );
  });
});

describe('where two runs part', () => {
  const compared = (a: keyof typeof runs, b: keyof typeof runs) => compareRuns(of(runs[a]()), of(runs[b]()));

  it('[RDF3] is the step that failed, not the steps that were undone because of it', () => {
    const comparison = compared('completed', 'unwound');
    expect(comparison.first).toBe('create-shipment');
    expect(step(comparison, 'reserve-inventory')?.differs).toEqual(['undo']);
    expect(step(comparison, 'create-shipment')).toMatchObject({
      a: { state: 'done', attempts: 1 },
      b: { state: 'failed', attempts: 5 },
      differs: ['outcome', 'failure', 'attempts'],
    });
  });

  it('[RDF3] in parallel branches, the one that ended first', () => {
    const failing = (first: string, second: string) =>
      of(
        new HistoryWriter()
          .schedule('create-shipment')
          .schedule('book-invoice')
          .fail(first, 'Odd', 'first')
          .fail(second, 'Odd', 'second')
          .facts()
      );
    const done = of(
      new HistoryWriter()
        .schedule('create-shipment')
        .schedule('book-invoice')
        .wait(60_000)
        .complete('create-shipment')
        .complete('book-invoice')
        .facts()
    );
    expect(compareRuns(done, failing('book-invoice', 'create-shipment')).first).toBe('book-invoice');
    expect(compareRuns(done, failing('create-shipment', 'book-invoice')).first).toBe('create-shipment');
  });

  it('[RDF3] a choice that went another way comes before the steps of its branches', () => {
    const without = of(
      new HistoryWriter().do('reserve-inventory', { reservationId: 'r-1' }).do('charge-payment').facts()
    );
    expect(compareRuns(of(runs.completed()), without).first).toBe('large-order');
  });

  it('[RDF3] a reset parts from its base at the first step that went otherwise; replayed steps are the same', () => {
    const shared = () => new HistoryWriter().do('reserve-inventory', { reservationId: 'r-1' });
    const base = of(
      shared()
        .schedule('charge-payment')
        .fail('charge-payment', 'CardDeclined', 'declined')
        .do('reserve-inventory:undo')
        .close('Failed')
        .facts({ status: 'failed' })
    );
    const again = of(shared().do('charge-payment', { transactionId: 't-2' }).facts());
    const comparison = compareRuns(base, again);
    expect(comparison.first).toBe('charge-payment');
    expect(step(comparison, 'reserve-inventory')?.input.differences).toEqual([]);
  });

  it('[RDF4] what runs, or may still come, is no difference', () => {
    for (const name of ['fresh', 'running', 'noWorker'] as const) {
      const { first, steps } = compared(name, 'completed');
      expect(first).toBeNull();
      expect(steps.flatMap(({ differs }) => differs)).toEqual([]);
    }
    // A closed run does not come to it any more.
    expect(compared('terminated', 'completed').first).toBe('create-shipment');
  });
});

describe('the table', () => {
  it('[RDF2] items of loops are compared one by one, and what neither run reached is left out', () => {
    const a = of(new HistoryWriter().do('box~1', { boxId: 1 }).do('box~2', { boxId: 2 }).facts(), ship);
    const b = of(
      new HistoryWriter()
        .do('box~1', { boxId: 1 })
        .schedule('box~2')
        .fail('box~2', 'Odd', 'no board')
        .close('Failed')
        .facts({ status: 'failed' }),
      ship
    );
    const comparison = compareRuns(a, b);
    expect(comparison.first).toBe('box~2');
    expect(comparison.steps.map(({ stepId }) => stepId)).toEqual(['pack', 'box~1', 'box~2']);
    expect(step(comparison, 'box~1')?.differs).toEqual([]);
  });

  it('[RDF2] inputs, outputs, attempts and effects that differ are named', () => {
    const make = (amount: number, attempt: number, transactionId: string) =>
      of(
        new HistoryWriter()
          .schedule('charge-payment', { amount, tags: ['x'] })
          .complete('charge-payment', { transactionId, amount: 1 }, { attempt })
          .facts()
      );
    const comparison = compareRuns(make(1, 1, 't-1'), make(2, 3, 't-2'));
    const charge = step(comparison, 'charge-payment')!;
    expect(charge.differs).toEqual(['attempts', 'input', 'output']);
    expect(charge.input.differences).toEqual([{ path: ['amount'], a: 1, b: 2 }]);
    expect(charge.output.differences).toEqual([{ path: ['transactionId'], a: 't-1', b: 't-2' }]);
    expect(comparison.first).toBeNull();
    const { effects } = compareRuns(of(runs.completed()), of(runs.unwound()));
    expect(effects.find(({ activityId }) => activityId === 'charge-payment')).toMatchObject({
      a: { state: 'standing' },
      b: { state: 'undone' },
      differs: true,
    });
  });

  it('[RDF5] two versions are compared over the steps of both; two flows have none', () => {
    const added = {
      id: 'check-stock',
      title: 'Check stock',
      kind: 'action',
      activity: 'log',
      effect: 'none',
      input: {},
    };
    const newer = {
      ...manifestOf(parseFlow({ ...orderDocument, steps: [added, ...orderDocument.steps.slice(1)] })),
      version: 2,
      revision: 'v2.0',
    };
    const older = of(runs.completed());
    const run = of(new HistoryWriter().do('check-stock').do('charge-payment').facts(), newer);
    const comparison = compareRuns(older, run);
    expect(comparison.flows).toBe('otherVersion');
    expect(comparison.document?.steps.map(({ id }) => id)).toEqual(
      expect.arrayContaining(['reserve-inventory', 'check-stock', 'charge-payment'])
    );
    expect(['reserve-inventory', 'check-stock']).toContain(comparison.first);
    expect(step(comparison, 'check-stock')).toMatchObject({ a: null, b: { state: 'done' } });
    expectSymmetric(older, run);
    const foreign = compareRuns(older, of(new HistoryWriter().do('box~1').facts(), ship));
    expect(foreign).toMatchObject({ flows: 'otherFlow', document: null, steps: [], first: null });
  });
});

describe('values', () => {
  it('[VDF1] holds for any JSON, with itself, a copy, and both ways', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        expect(valueDifferences(a, structuredClone(a)).differences).toEqual([]);
        const forth = valueDifferences(a, b).differences;
        const back = valueDifferences(b, a).differences.map(({ path, a: left, b: right }) => ({
          path,
          a: right,
          b: left,
        }));
        const sorted = (list: typeof forth) => list.map((each) => JSON.stringify(each)).sort();
        expect(sorted(forth)).toEqual(sorted(back));
        const isEqual = JSON.stringify(sortedFields(a)) === JSON.stringify(sortedFields(b));
        expect(forth.length === 0).toBe(isEqual);
      })
    );
  });

  it('[VDF2] as deep as possible, with the place', () => {
    const { differences } = valueDifferences({ items: [{ sku: 'a' }, { sku: 'b' }], n: 1 }, { items: [{ sku: 'x' }] });
    expect(differences.map(({ path }) => pathWords(path))).toEqual(['items[0].sku', 'items[1]', 'n']);
    expect(valueDifferences({ $exact: '9007199254740993' }, { $exact: '9007199254740995' }).differences).toHaveLength(
      1
    );
    expect(pathWords(valueDifferences(1, 2).differences[0]!.path)).toBe('the whole value');
  });

  it('[VDF3] what is hidden is counted, never shown as equal or as different', () => {
    const { differences, hidden } = valueDifferences({ card: MASK, a: 1 }, { card: MASK, a: 2 });
    expect(differences).toEqual([{ path: ['a'], a: 1, b: 2 }]);
    expect(hidden).toBe(1);
    expect(valueDifferences({ card: MASK }, { card: '4111' })).toEqual({ differences: [], hidden: 1 });
  });
});

const sortedFields = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(sortedFields);
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, inner]) => [key, sortedFields(inner)])
  );
};
