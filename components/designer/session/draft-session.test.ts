/**
 * Rules [DS1-10] are stated in draft-session.ts. The server here orders gestures as the real one does, over a line that
 * loses requests and answers.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DraftChanges, GestureAnswer, LoggedGesture, SentGesture } from '@/app/_contract/drafts';
import type { AppFailure } from '@/app/_contract/errors';
import { applyGesture } from '@/engine/flow/edit/apply';
import { newNode } from '@/engine/flow/edit/compose';
import { setField } from '@/engine/flow/edit/fields';
import { findNode, OUTERMOST, type Draft, type DraftNode, type Json } from '@/engine/flow/edit/draft';
import type { Operation } from '@/engine/flow/edit/operations';
import { slotOf, valueAt } from '@/engine/flow/edit/places';
import { renamesIn, withRenames } from '@/engine/flow/edit/renames';
import { dice, EMPTY, operationsFrom } from '@/engine/flow/edit/testing/arbitrary';
import { DraftSession } from './draft-session';
import { DoorFailure, type Kept } from './session-parts';

const UNREACHED: AppFailure = {
  code: 'engineAway',
  message: 'Backstitch does not answer.',
  whatToDo: 'Try again later.',
};

type Fate = 'arrives' | 'answer late' | 'request lost' | 'answer lost' | 'refused by the door';

class Server {
  draft: Draft = EMPTY;
  number = 0;
  log: (LoggedGesture & { inverse: readonly Operation[] })[] = [];
  /** Only the newest gestures are kept one by one. */
  keptFrom = 0;
  /** Pages that are told of every change, as over the socket. */
  readonly told = new Set<DraftSession>();
  readonly answers = new Map<string, GestureAnswer>();

  accept(gesture: SentGesture, by: string): GestureAnswer {
    const known = this.answers.get(gesture.id);
    if (known) return known;
    const { id, tab, base, reverts } = gesture;
    const others = this.log.filter((each) => each.number > base && each.tab !== tab);
    const operations = withRenames(
      gesture.operations,
      others.flatMap((each) => renamesIn(each.operations))
    );
    const outcome = applyGesture(this.draft, { operations });
    if (outcome.refusal) return { id, status: 'refused', refusal: outcome.refusal };
    const { inverse, notes } = outcome;
    this.draft = outcome.draft;
    const number = ++this.number;
    this.log.push({ number, id, tab, by: { id: by, name: by }, atMs: 0, operations, reverts, inverse });
    const answer: GestureAnswer = { id, status: 'applied', number, inverse, notes };
    this.answers.set(id, answer);
    for (const session of this.told) session.announced(number);
    return answer;
  }
  changes(since: number): DraftChanges {
    const { number, draft } = this;
    if (since < this.keptFrom) return { number, gestures: null, draft };
    return { number, gestures: this.log.filter((each) => each.number > since), draft: null };
  }
}

/** Time that passes only when it is told to. */
class Time {
  ms = 0;
  #due: { at: number; run: () => void }[] = [];
  after = (ms: number, run: () => void) => {
    const entry = { at: this.ms + ms, run };
    this.#due.push(entry);
    return () => void (this.#due = this.#due.filter((each) => each !== entry));
  };
  async pass(ms: number): Promise<void> {
    const end = this.ms + ms;
    for (;;) {
      await settled();
      const [next] = this.#due.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (!next) break;
      this.#due = this.#due.filter((each) => each !== next);
      this.ms = next.at;
      next.run();
    }
    this.ms = end;
  }
}
const settled = async () => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
};

class Tab {
  readonly session: DraftSession;
  kept: Kept = { pending: [], held: [] };
  /** What waits for the next frame. Null: every frame is painted at once. */
  frames: (() => void)[] | null = null;
  /** The fate of the next requests; afterwards all arrive. */
  fates: Fate[] = [];
  static count = 0;

  constructor(
    private readonly server: Server,
    private readonly time: Time,
    readonly person: string,
    opened?: { draft: Draft; number: number }
  ) {
    const name = `${person}-${Tab.count++}`;
    const own = server.log.filter(({ by }) => by.id === person);
    const start = opened ?? { draft: server.draft, number: server.number };
    let ids = 0;
    this.session = new DraftSession({ ...start, own, idsFollowTitles: true }, name, {
      door: {
        send: (gestures, since) => {
          return this.#over(() => ({
            answers: gestures.map((each) => server.accept(each, person)),
            changes: server.changes(since),
          }));
        },
        changes: (since) => this.#over(() => server.changes(since)),
        whole: async () => ({ draft: server.draft, number: server.number }),
      },
      keep: async (kept) => void (this.kept = structuredClone(kept)),
      newId: () => `${name}-${ids++}`,
      after: time.after,
      afterPaint: (run) => (this.frames ? void this.frames.push(run) : run()),
      now: () => time.ms,
    });
  }

  async #over<T>(work: () => T): Promise<T> {
    const fate = this.fates.shift() ?? 'arrives';
    await Promise.resolve();
    if (fate === 'request lost') throw new DoorFailure(UNREACHED);
    if (fate === 'refused by the door') throw new DoorFailure({ ...UNREACHED, code: 'inputInvalid' });
    const answer = structuredClone(work());
    if (fate === 'answer late') await new Promise<void>((arrive) => this.time.after(300, arrive));
    if (fate === 'answer lost') throw new DoorFailure({ ...UNREACHED, code: 'outcomeUnknown' });
    return answer;
  }
  get draft(): Draft {
    return this.session.read().draft;
  }
  add(title: string): string {
    const node: DraftNode = newNode(this.draft, 'action', title);
    this.session.edit([
      { op: 'insert', node, slot: { ...OUTERMOST, after: this.draft.steps.at(-1)?.id ?? null, before: null } },
    ]);
    return node.id;
  }
  set(node: string, path: string[], value: Json, how: { typing?: boolean } = {}) {
    const was = valueAt(findNode(this.draft, node)!.fields, path);
    const operation: Operation = { op: 'set', target: { node }, path, value };
    return this.session.edit([was === undefined ? operation : { ...operation, was }], how);
  }
  remove(id: string) {
    this.session.edit([{ op: 'remove', id, was: findNode(this.draft, id)!, from: slotOf(this.draft, id) }]);
  }
}
const titles = ({ steps }: Draft) => steps.map(({ fields }) => fields.title);
function world(...people: string[]) {
  const server = new Server();
  const time = new Time();
  return { server, time, tabs: people.map((person) => new Tab(server, time, person)) };
}

/** Two people see one step that Ada has added. */
async function oneStep() {
  const { server, time, tabs } = world('ada', 'bob');
  const [ada, bob] = tabs as [Tab, Tab];
  const id = ada.add('Reserve');
  await time.pass(10);
  bob.session.announced(server.number);
  await time.pass(10);
  return { server, time, ada, bob, id };
}

describe('a draft in the browser', () => {
  test('[DS1] an edit is shown before the server has answered', async () => {
    const { server, time, tabs } = world('ada');
    const [ada] = tabs as [Tab];
    ada.add('Reserve');
    expect(titles(ada.draft)).toEqual(['Reserve']);
    expect(server.number).toBe(0);
    await time.pass(10);
    expect(titles(server.draft)).toEqual(['Reserve']);
    expect(ada.session.read().saving).toEqual({ state: 'saved', atMs: 0 });
  });

  test('[DS1] what is announced while older changes are on their way is read as well', async () => {
    const { server, time, tabs } = world('ada', 'bob');
    const [ada, bob] = tabs as [Tab, Tab];
    server.told.add(bob.session);
    bob.fates = ['answer late'];
    ada.add('Reserve');
    await time.pass(100);
    ada.add('Charge');
    await time.pass(1_000);
    expect(titles(bob.draft)).toEqual(['Reserve', 'Charge']);
    expect(bob.session.read()).toMatchObject({ number: 2, saving: { state: 'saved' } });
  });

  test('[DS2] an edit whose answer was lost is sent again and applied once', async () => {
    const { server, time, tabs } = world('ada');
    const [ada] = tabs as [Tab];
    ada.fates = ['answer lost', 'request lost'];
    ada.add('Reserve');
    await settled();
    expect(ada.session.read().saving).toMatchObject({ state: 'offline', changes: 1 });
    ada.add('Charge');
    expect(ada.session.read().saving).toMatchObject({ state: 'offline', changes: 2 });
    await time.pass(5_000);
    expect(titles(server.draft)).toEqual(['Reserve', 'Charge']);
    expect(server.number).toBe(2);
    expect(ada.session.read()).toMatchObject({ number: 2, saving: { state: 'saved' } });
    expect(titles(ada.draft)).toEqual(['Reserve', 'Charge']);
  });

  test('[DS3] edits that were never sent are on the shelf, and another page sends them', async () => {
    const { server, time, tabs } = world('ada');
    const [ada] = tabs as [Tab];
    ada.fates = Array.from({ length: 50 }, () => 'request lost' as const);
    const id = ada.add('Reserve');
    ada.set(id, ['note'], 'half a senten', { typing: true });
    const { kept } = ada;
    expect(kept.pending).toHaveLength(2);
    ada.session.close();
    const reloaded = new Tab(server, time, 'ada');
    reloaded.session.takeOver(kept);
    expect(findNode(reloaded.draft, id)!.fields.note).toBe('half a senten');
    await time.pass(10);
    expect(findNode(server.draft, id)!.fields.note).toBe('half a senten');
    expect(reloaded.kept.pending).toEqual([]);
  });

  test('[DS3] a refused edit is listed with the reason, and can be seen after a reload', async () => {
    const { time, ada, bob, id } = await oneStep();
    ada.remove(id);
    bob.fates = ['request lost'];
    bob.set(id, ['note'], 'important');
    await time.pass(5_000);
    expect(bob.session.read().held).toMatchObject([{ words: 'Change the note of Reserve', refusal: { code: 'gone' } }]);
    expect(bob.kept.held).toMatchObject([{ gesture: { operations: [{ value: 'important' }] } }]);
    expect(bob.session.read().revert).toBe(null);
    bob.session.dismissHeld(bob.session.read().held[0]!.gesture.id);
    expect(bob.kept.held).toEqual([]);
  });

  test('[DS3] what was being typed when somebody deleted the step is listed, with its last letter', async () => {
    const { server, time, ada, bob, id } = await oneStep();
    bob.set(id, ['note'], 'import', { typing: true });
    ada.remove(id);
    await time.pass(10);
    bob.session.announced(server.number);
    await time.pass(10);
    expect(
      bob.session.edit([{ op: 'set', target: { node: id }, path: ['note'], value: 'important' }], { typing: true })
    ).toMatchObject({ code: 'gone' });
    await time.pass(1_000);
    expect(bob.session.read().held).toMatchObject([
      { gesture: { operations: [{ value: 'important' }] }, refusal: { code: 'gone' } },
    ]);
    expect(bob.kept).toMatchObject({ pending: [], held: [{ refusal: { code: 'gone' } }] });
  });

  test('[DS3] one gesture that the door cannot take does not hold up the others', async () => {
    const { server, time, tabs } = world('ada');
    const [ada] = tabs as [Tab];
    ada.fates = ['request lost', 'refused by the door', 'refused by the door'];
    ada.add('One');
    ada.add('Two');
    ada.add('Three');
    await time.pass(5_000);
    expect(titles(server.draft)).toEqual(['Two', 'Three']);
    expect(ada.session.read().held.map(({ words }) => words)).toEqual(['Add One']);
  });

  test('[DS4] typing is one gesture until the field is left, a second has passed, or another edit is made', async () => {
    const { server, time, tabs } = world('ada');
    const [ada] = tabs as [Tab];
    const id = ada.add('Reserve');
    for (const text of ['s', 'st', 'stock']) ada.set(id, ['note'], text, { typing: true });
    expect(findNode(ada.draft, id)!.fields.note).toBe('stock');
    await time.pass(10);
    expect(server.number).toBe(1);
    // Nobody is told that it is saved before it is.
    expect(ada.session.read().saving.state).toBe('saving');
    await time.pass(1_000);
    expect(server.number).toBe(2);
    expect(ada.session.read().saving.state).toBe('saved');
    ada.set(id, ['note'], 'stocks', { typing: true });
    ada.session.settle();
    ada.set(id, ['note'], 'stock', { typing: true });
    ada.set(id, ['note'], 'stocks', { typing: true });
    ada.session.settle();
    await time.pass(10);
    expect(server.number).toBe(3);
    ada.session.revert();
    expect(findNode(ada.draft, id)!.fields.note).toBe('stock');
    ada.session.revert();
    expect(findNode(ada.draft, id)!.fields).not.toHaveProperty('note');
  });

  test('[DS4] the first letter may make the groups around its field: what is typed there is still one gesture', async () => {
    const { server, time, tabs } = world('ada');
    const [ada] = tabs as [Tab];
    const id = ada.add('Reserve');
    const attempts = (number: number) =>
      ada.session.edit(setField(ada.draft, { node: id }, ['options', 'retry', 'maximumAttempts'], number), {
        typing: true,
      });
    for (const number of [1, 12]) attempts(number);
    ada.session.settle();
    await time.pass(10);
    expect(findNode(ada.draft, id)!.fields.options).toEqual({ retry: { maximumAttempts: 12 } });
    expect(server.number).toBe(2);
    ada.session.revert();
    expect(findNode(ada.draft, id)!.fields).not.toHaveProperty('options');
  });

  test('[DS4] the id does not follow the title at a pause, because somebody types on; the field that is left asks for it', async () => {
    const { time, tabs } = world('ada');
    const [ada] = tabs as [Tab];
    const id = ada.add('Reserve');
    ada.set(id, ['title'], 'Reserve the', { typing: true });
    await time.pass(2_000);
    ada.set(id, ['title'], 'Reserve the stock', { typing: true });
    expect(ada.draft.steps[0]!.id).toBe('reserve');
    const rename = { op: 'rename', id, to: 'reserve-the-stock' } as const;
    expect(ada.session.edit([rename], { typing: true })).toBeNull();
    ada.session.settle();
    expect(ada.draft.steps[0]!.id).toBe('reserve-the-stock');
  });

  test('[DS4] the id follows the title when the field is left, as part of the same gesture', async () => {
    const { server, time, tabs } = world('ada');
    const [ada] = tabs as [Tab];
    const id = ada.add('Reserve');
    const renamed: string[][] = [];
    ada.session.onRenamed((from, to) => renamed.push([from, to]));
    for (const text of ['Reserve ', 'Reserve stock']) ada.set(id, ['title'], text, { typing: true });
    expect(ada.draft.steps[0]!.id).toBe('reserve');
    ada.session.settle();
    expect(ada.draft.steps[0]!.id).toBe('reserve-stock');
    expect(renamed).toEqual([['reserve', 'reserve-stock']]);
    await time.pass(10);
    expect(server.number).toBe(2);
    ada.session.revert();
    expect(ada.draft.steps[0]).toMatchObject({ id: 'reserve', fields: { title: 'Reserve' } });
  });

  test('[DS10] what somebody else deleted is told with what was in it, and own deletions are not', async () => {
    const { server, time, tabs } = world('ada', 'bob');
    const [ada, bob] = tabs as [Tab, Tab];
    for (const { session } of tabs) server.told.add(session);
    const told: [string[], string][] = [];
    ada.session.onOthersDeleted((nodes, by) => told.push([nodes.map(({ id }) => id), by.id]));
    const [mine, theirs] = [ada.add('Mine'), ada.add('Theirs')];
    await time.pass(2_000);
    ada.remove(mine);
    bob.remove(theirs);
    await time.pass(5_000);
    expect(told).toEqual([[[theirs], 'bob']]);
  });

  test('[DS7] what is edited while somebody else retitles the step is about that step, also what is still typed', async () => {
    const { server, time, ada, bob, id } = await oneStep();
    bob.set(id, ['note'], 'Before');
    await time.pass(10);
    ada.session.announced(server.number);
    await time.pass(10);
    ada.set(id, ['title'], 'Reserve the stock', { typing: true });
    ada.session.settle();
    await time.pass(10);
    // Bob has not heard of it.
    bob.set(id, ['note'], 'Ours');
    await time.pass(10);
    expect([bob.session.read().held, server.draft.steps[0]]).toMatchObject([
      [],
      { id: 'reserve-the-stock', fields: { note: 'Ours' } },
    ]);
    // And what he is typing when he hears of another one.
    bob.set('reserve-the-stock', ['note'], 'Ours too', { typing: true });
    ada.session.announced(server.number);
    await time.pass(10);
    ada.set('reserve-the-stock', ['title'], 'Hold', { typing: true });
    ada.session.settle();
    await time.pass(10);
    bob.session.announced(server.number);
    await time.pass(10);
    expect(findNode(bob.draft, 'hold')?.fields.note).toBe('Ours too');
    bob.session.settle();
    await time.pass(10);
    expect([server.draft.steps[0]!.fields.note, bob.session.read().held]).toEqual(['Ours too', []]);
    for (let left = 3; left > 0; left--) bob.session.revert();
    await time.pass(10);
    expect(server.draft.steps[0]).toMatchObject({ id: 'hold', fields: { title: 'Hold' } });
    expect(server.draft.steps[0]!.fields).not.toHaveProperty('note');
  });

  test('[DS5] revert takes back own edits only, says what it skips, and does them again', async () => {
    const { server, time, tabs } = world('ada', 'bob');
    const [ada, bob] = tabs as [Tab, Tab];
    const id = ada.add('Reserve');
    ada.set(id, ['note'], 'ours');
    await time.pass(10);
    bob.session.announced(server.number);
    await time.pass(10);
    bob.add('Charge');
    await time.pass(10);
    ada.session.announced(server.number);
    await time.pass(10);
    expect(ada.session.read().revert).toBe('Change the note of Reserve');
    ada.session.revert();
    expect(titles(ada.draft)).toEqual(['Reserve', 'Charge']);
    expect(findNode(ada.draft, id)!.fields).not.toHaveProperty('note');
    ada.session.again();
    expect(findNode(ada.draft, id)!.fields.note).toBe('ours');
    await time.pass(10);
    bob.session.announced(server.number);
    await time.pass(10);
    bob.set(id, ['note'], 'theirs');
    await time.pass(10);
    ada.session.announced(server.number);
    await time.pass(10);
    expect(ada.session.revert()?.message).toBe(
      "Not reverted: Change the note of Reserve. 'note' of 'Reserve' was changed again."
    );
    expect(findNode(ada.draft, id)!.fields.note).toBe('theirs');
  });

  test('[DS5] what can be reverted and done again is the same after a reload', async () => {
    const { server, time, tabs } = world('ada');
    const [ada] = tabs as [Tab];
    ada.add('One');
    ada.add('Two');
    ada.add('Three');
    ada.session.revert();
    ada.session.revert();
    ada.session.again();
    await time.pass(10);
    const reloaded = new Tab(server, time, 'ada');
    expect(reloaded.session.read()).toMatchObject({ revert: 'Add Two', again: 'Add Three' });
    reloaded.session.again();
    expect(titles(reloaded.draft)).toEqual(['One', 'Two', 'Three']);
    reloaded.session.revert();
    reloaded.session.revert();
    reloaded.session.revert();
    expect(titles(reloaded.draft)).toEqual([]);
    expect(reloaded.session.read().revert).toBe(null);
  });

  test('[DS8] an edit is sent after the frame that shows it, and several in one frame together', async () => {
    const { server, time, tabs } = world('ada');
    const [ada] = tabs as [Tab];
    ada.frames = [];
    ada.add('Charge');
    ada.add('Ship');
    await time.pass(5_000);
    expect(titles(ada.draft)).toEqual(['Charge', 'Ship']);
    expect(ada.session.read().saving.state).toBe('saving');
    expect(ada.kept.pending).toHaveLength(2);
    expect(server.number).toBe(0);
    expect(ada.frames).toHaveLength(1);
    ada.frames.shift()!();
    await time.pass(0);
    expect(server.number).toBe(2);
    expect(ada.session.read().saving.state).toBe('saved');
  });

  test('[DS8] what the last frame of a page did not show any more is sent when the session ends', async () => {
    const { server, time, tabs } = world('ada');
    const [ada] = tabs as [Tab];
    ada.frames = [];
    ada.add('Charge');
    ada.session.close();
    await time.pass(0);
    expect(server.number).toBe(1);
  });

  test('[DS9] an edit makes only what it changes anew, before the server has answered and afterwards', async () => {
    const { time, tabs } = world('ada');
    const [ada] = tabs as [Tab];
    const [charge, ship] = [ada.add('Charge'), ada.add('Ship')];
    await time.pass(0);
    const changed = (act: () => void): string[] => {
      const before = new Set(ada.draft.steps);
      act();
      return ada.draft.steps.filter((each) => !before.has(each)).map(({ id }) => id);
    };
    ada.frames = [];
    expect(changed(() => ada.set(charge, ['title'], 'Charge the card'))).toEqual([charge]);
    expect(changed(() => ada.set(ship, ['title'], 'Ship it'))).toEqual([ship]);
    expect(changed(() => ada.frames!.shift()!())).toEqual([]);
    await time.pass(0);
    expect(changed(() => ada.set(charge, ['title'], 'Charge'))).toEqual([charge]);
    expect(changed(() => ada.set(ship, ['title'], 'Ship', { typing: true }))).toEqual([ship]);
  });

  test('[DS6] if the gestures are no longer kept one by one, the draft is read whole, and own edits stay on top', async () => {
    const { server, time, tabs } = world('ada', 'bob');
    const [ada, bob] = tabs as [Tab, Tab];
    bob.add('Charge');
    await time.pass(10);
    server.keptFrom = 1;
    ada.add('Reserve');
    await time.pass(10);
    expect(titles(ada.draft)).toEqual(titles(server.draft));
    expect(ada.session.read().number).toBe(2);
  });

  test('[DS10] what somebody deleted before the page was opened is known once it was asked for, with what puts it back', async () => {
    const { server, time, bob, id } = await oneStep();
    bob.remove(id);
    await time.pass(10);
    const later = new Tab(server, time, 'ada');
    expect(later.draft.steps).toEqual([]);
    await later.session.lookBack();
    const { deleted } = later.session.read();
    expect(deleted.get('reserve')).toMatchObject({ what: "'Reserve'", title: 'Reserve' });
    later.session.edit(deleted.get('reserve')!.back!);
    expect(titles(later.draft)).toEqual(['Reserve']);
  });
  test('[DS10] it is asked for once, and without an answer nothing is said', async () => {
    const { server, time, bob, id } = await oneStep();
    bob.remove(id);
    await time.pass(10);
    server.keptFrom = 5;
    const later = new Tab(server, time, 'ada');
    await later.session.lookBack();
    expect(later.session.read().deleted.size).toBe(0);
    server.keptFrom = 0;
    await later.session.lookBack();
    expect(later.session.read().deleted.size).toBe(0);
  });

  test('[DS1-3] whatever is lost on the way, all tabs come to what the server holds, and nothing disappears without a word', async () => {
    const fate = fc.constantFrom<Fate>('arrives', 'answer late', 'request lost', 'answer lost');
    const step = fc.record({
      who: fc.nat(2),
      what: fc.constantFrom('edit', 'edit', 'type', 'revert', 'again', 'reload', 'wait'),
      dice,
      fate,
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
        const { server, time, tabs } = world('ada', 'ada', 'bob');
        for (const { session } of tabs) server.told.add(session);
        const made = new Map<string, readonly Operation[]>();
        for (const { who, what, dice: numbers, fate: next } of steps) {
          let tab = tabs[who]!;
          tab.fates.push(next);
          if (what === 'edit' || what === 'type') {
            const operations = operationsFrom(tab.draft, numbers);
            const refusal = tab.session.edit(operations, { typing: what === 'type' });
            const last = tab.kept.pending.at(-1);
            if (!refusal && last) made.set(last.id, last.operations);
          } else if (what === 'revert') tab.session.revert();
          else if (what === 'again') tab.session.again();
          else if (what === 'reload') {
            tab.session.close();
            const { kept } = tab;
            server.told.delete(tab.session);
            tab = tabs[who] = new Tab(server, time, tab.person);
            server.told.add(tab.session);
            tab.session.takeOver(kept);
          } else await time.pass(numbers[0]! % 3_000);
        }
        for (const tab of tabs) tab.session.settle();
        await time.pass(60_000);
        for (const tab of tabs) {
          expect(tab.session.read().saving.state).toBe('saved');
          expect(tab.kept.pending).toEqual([]);
          expect(tab.draft).toEqual(server.draft);
        }
        const ids = server.log.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        const answered = new Set([...ids, ...tabs.flatMap((tab) => tab.kept.held.map(({ gesture }) => gesture.id))]);
        // What was typed and taken back before the field was left is no edit.
        const isEdit = (each: Operation) =>
          each.op !== 'set' || JSON.stringify(each.value) !== JSON.stringify(each.was);
        for (const [id, operations] of made) if (operations.some(isEdit)) expect(answered, id).toContain(id);
      }),
      { numRuns: Number(process.env.FC_RUNS ?? 150) }
    );
  });
});
