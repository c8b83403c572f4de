/** Runs of steps in loops, one by one and as one card. agreement.test.ts compares them with random sagas. */
import { describe, expect, it, vi } from 'vitest';
import { parseFlow } from '../flow/testing/flow';
import { actor, HistoryWriter } from './testing/history';
import { manifestOf } from './testing/order';
import { itemWords } from './item-words';
import { entriesByNode } from './loops';
import type { RunFacts } from './model';
import { project } from './project';
import type { Records } from './records';

/** How often a field of an activity of a run was read. */
const reads = vi.hoisted(() => ({ count: 0 }));
vi.mock('./records', async (original) => {
  const real = await original<typeof import('./records')>();
  const counted = <T extends object>(record: T): T =>
    new Proxy(record, { get: (from, name) => (reads.count++, Reflect.get(from, name) as unknown) });
  const readRecords = (events: Parameters<typeof real.readRecords>[0]): Records => {
    const records = real.readRecords(events);
    return { ...records, activities: records.activities.map(counted) };
  };
  return { ...real, readRecords };
});

const undo = { title: 'Free', activity: 'http.request', input: {} };
const manifest = manifestOf(
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
const nodes = (states: Record<string, 'running' | 'done' | 'failed'>, note?: string): RunFacts['nodes'] => ({
  phase: 'forward',
  waitsFor: [],
  nodes: {
    ...Object.fromEntries(Object.entries(states).map(([id, state]) => [id, { state }])),
    ...(note ? { pack: { state: 'running', note } } : {}),
  },
});
const itemsIn = (facts: RunFacts) =>
  project(facts, manifest).items.pack!.map(({ path, state }) => `${path.join('.')} ${state}`);

describe('a loop on the screens', () => {
  it('[LI1] one card shows the run that matters most, and counts the others', () => {
    const history = new HistoryWriter().do('box~1').do('box~2').do('label~1').schedule('label~2').schedule('box~3');
    const facts = history.facts({
      nodes: nodes({ 'pack~1': 'done', 'pack~2': 'running', 'pack~3': 'running' }, '1 of 40'),
    });
    const view = project(facts, manifest);
    expect(view.nodes.box).toMatchObject({ state: 'running', runs: { done: 2, running: 1 } });
    expect(view.nodes.label).toMatchObject({ state: 'running', runs: { done: 1, running: 1 } });
    expect(view.steps['box~1']).toMatchObject({ state: 'done', ledger: 'standing' });
    expect(view.nodes.pack).toMatchObject({ state: 'running', note: '1 of 40' });
    expect(view.branches['pack/steps']).toBe('taken');
    expect(itemsIn(facts)).toEqual(['1 done', '2 running', '3 running']);
    expect(entriesByNode(view.ledger).get('box')).toMatchObject({ activityId: 'box~3', title: 'Box (item 3)' });
  });

  it('[LI1] an undo that failed is shown before everything else, and its item is what is asked about', () => {
    const history = new HistoryWriter()
      .do('box~1')
      .do('box~2')
      .schedule('label~1')
      .fail('label~1', 'Odd', 'no ink')
      .do('box~2:undo')
      .schedule('box~1:undo')
      .fail('box~1:undo', 'Odd', 'closed', { attempt: 5 });
    const waits = { kind: 'undo', nodeId: 'box', activityId: 'box~1:undo', sinceMs: 0 } as const;
    const asked = {
      ...nodes({ 'pack~1': 'failed' })!,
      waitsFor: [{ ...waits, error: { type: 'Odd', message: 'closed' } }],
    };
    const view = project(history.facts({ nodes: asked }), manifest);
    expect(view.nodes.box).toMatchObject({ state: 'undoFailed', runs: { undoFailed: 1, undone: 1 } });
    expect(view.whatNow).toMatchObject({ kind: 'undoFailed', nodeId: 'box', stepId: 'box~1' });
    expect(view.whatNow!.sentence).toContain('Free (item 1) failed 5 of 5 times: closed');
    const decided = history.update('__decideUndo', 'd', {
      nodeId: 'box~1',
      choice: 'leave',
      reason: 'so',
      actor: actor('Ada'),
    });
    const { entries } = project(decided.facts(), manifest).ledger;
    expect(entries.map(({ activityId, state }) => [activityId, state])).toEqual([
      ['box~1', 'leftStanding'],
      ['box~2', 'undone'],
    ]);
  });

  it('[LI2] without a report, items follow from their steps; undone items are counted', () => {
    const history = new HistoryWriter()
      .do('box~1')
      .do('box~2')
      .do('label~1')
      .schedule('label~2')
      .fail('label~2', 'Odd', 'no ink')
      .do('box~2:undo')
      .do('tell');
    expect(itemsIn(history.facts())).toEqual(['1 done', '2 failed']);
    expect(project(history.facts(), manifest).nodes.pack).toMatchObject({ state: 'done', note: '2 items · 1 failed' });
    const back = new HistoryWriter().do('box~1').do('box~2').do('box~2:undo').do('box~1:undo');
    expect(itemsIn(back.facts())).toEqual(['1 undone', '2 undone']);
    expect(project(back.facts(), manifest).nodes.pack!.note).toBe('2 items · 2 undone');
  });

  it('[LI2] a loop without items is done, and its steps are not taken', () => {
    const view = project(new HistoryWriter().do('tell').facts(), manifest);
    expect([view.nodes.pack!.state, view.nodes.box!.state, view.branches['pack/steps']]).toEqual([
      'done',
      'notTaken',
      'notTaken',
    ]);
    expect(view.items.pack).toEqual([]);
  });

  it('[LI2] rounds are items too', () => {
    const document = parseFlow({
      format: 2,
      name: 'poll',
      title: 'Poll',
      input: { type: 'object' },
      steps: [
        {
          id: 'poll',
          title: 'Poll',
          kind: 'repeat',
          until: 'true',
          most: 5,
          steps: [{ id: 'look', title: 'Look', kind: 'action', activity: 'log', effect: 'none', input: {} }],
        },
      ],
    });
    const history = new HistoryWriter().do('look~1').schedule('look~2');
    const view = project(history.facts(), manifestOf(document));
    expect(view.items.poll!.map(({ path, state }) => [...path, state])).toEqual([
      [1, 'done'],
      [2, 'running'],
    ]);
    expect(view.nodes.poll).toMatchObject({ state: 'running', note: '2 rounds' });
  });

  describe('a choice in a loop', () => {
    const log = (id: string) => ({ id, title: id, kind: 'action', activity: 'log', effect: 'none', input: {} });
    const way = (id: string) => ({ id, title: id, when: 'true', steps: [log(`do-${id}`)] });
    const flow = manifestOf(
      parseFlow({
        format: 2,
        name: 'sort',
        title: 'Sort',
        input: { type: 'object' },
        steps: [
          {
            id: 'all',
            title: 'All',
            kind: 'each',
            items: '[1, 2]',
            item: 'it',
            steps: [log('read'), { id: 'which', title: 'Which', kind: 'choice', branches: [way('bad'), way('odd')] }],
          },
        ],
      })
    );
    const history = new HistoryWriter().do('read~1').do('do-bad~1').do('read~2');
    const closed = (states: Record<string, 'done' | 'skipped'> | null) =>
      project(
        {
          ...history.facts(),
          status: 'completed',
          nodes: states && {
            phase: 'forward',
            waitsFor: [],
            nodes: Object.fromEntries(Object.entries(states).map(([id, state]) => [id, { state }])),
          },
        },
        flow
      );
    const both = { 'all~1': 'done', 'all~2': 'done', 'which~1': 'done', 'which~2': 'done' } as const;

    it('[N10] an empty way that one item took is taken, although another item took another way', () => {
      const skipped = { 'odd~1': 'skipped', 'bad~2': 'skipped', 'odd~2': 'skipped' } as const;
      const { branches } = closed({ ...both, ...skipped });
      expect([branches['which/bad'], branches['which/odd'], branches['which/otherwise']]).toEqual([
        'taken',
        'notTaken',
        'taken',
      ]);
    });
    it('[N10] without a report it is unknown whether the empty way was taken', () => {
      expect(closed(null).branches['which/otherwise']).toBe('open');
    });
    it('[N10] an empty way that no item took is not claimed', () => {
      const skipped = { 'odd~1': 'skipped', 'bad~2': 'skipped' } as const;
      expect(closed({ ...both, ...skipped, 'do-odd~2': 'done' }).branches['which/otherwise']).not.toBe('taken');
    });
    it('[LI5] an item whose last step leaves no events has an end', () => {
      const [first, second] = closed(both).items.all!;
      expect(first!.endedMs).toBeGreaterThan(first!.startedMs!);
      expect(second!.endedMs).toBeGreaterThan(second!.startedMs!);
    });
  });

  it('[LI3] twice as many items are twice the work', () => {
    const readsOf = (items: number): number => {
      const history = new HistoryWriter();
      for (let item = 1; item <= items; item++) history.do(`box~${item}`).do(`label~${item}`);
      const facts = history.facts();
      const before = reads.count;
      expect(project(facts, manifest).items.pack).toHaveLength(items);
      return reads.count - before;
    };
    const [some, twice] = [readsOf(200), readsOf(400)];
    expect(some).toBeGreaterThan(200);
    expect(twice).toBeLessThan(2.1 * some);
  });
});

describe('the words for a run of a step', () => {
  const action = { id: 'a', title: 'A', kind: 'action', activity: 'log', effect: 'none', input: {} };
  const each = { title: 'E', kind: 'each', items: '[]', item: 'x', concurrency: 1, onFailure: 'stop' };
  const repeat = { title: 'R', kind: 'repeat', until: 'true', most: 3 };
  const words = (steps: object[], id: string) =>
    itemWords(id, manifestOf(parseFlow({ format: 2, name: 'f', title: 'F', input: { type: 'object' }, steps })));
  it('[LI4] an item, a round, or one in the other; nothing outside loops', () => {
    const round = { ...repeat, id: 'r', steps: [action] };
    expect(words([{ ...each, id: 'e', steps: [action] }], 'a~3:undo')).toBe(' (item 3)');
    expect(words([round], 'a~3')).toBe(' (round 3)');
    expect(words([{ ...each, id: 'e', steps: [round] }], 'a~2.3')).toBe(' (item 2, round 3)');
    expect(words([{ ...each, id: 'e', steps: [{ ...each, id: 'i', item: 'y', steps: [action] }] }], 'a~2.3')).toBe(
      ' (item 2.3)'
    );
    expect(words([action], 'a')).toBe('');
  });
});
