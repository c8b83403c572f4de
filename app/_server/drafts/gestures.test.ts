/**
 * [DR] Gestures on a draft, over REST and a real PostgreSQL: one order, each once, also with several tabs and lost
 * answers.
 */
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DraftChanges, DraftSummary, GesturesAnswer } from '@/app/_contract/drafts';
import { routes as to } from '@/app/_contract/routes';
import { applyGesture, type Applied } from '@/engine/flow/edit/apply';
import type { Draft } from '@/engine/flow/edit/draft';
import type { Operation } from '@/engine/flow/edit/operations';
import { createDraft, gestureOf, insert, readDraft, send, setTitle, step } from '../testing/drafts';
import { pastTheTriggers } from '../testing/audit';
import { must, startWorld, Visitor, type World } from '../testing/world';

let world: World;
let ada: Visitor;
let admin: Visitor;
let viewer: Visitor;
beforeAll(async () => {
  world = await startWorld({ engine: false });
  ada = await world.as('designer');
  admin = await world.as('admin');
  viewer = await world.as('viewer');
}, 120_000);
afterAll(() => world.close());

const ids = ({ steps }: Draft) => steps.map(({ id }) => id);
const refusalOf = (answer: GesturesAnswer, index = 0) => {
  const given = answer.answers[index];
  return given?.status === 'refused' ? given.refusal.code : null;
};
const replay = (draft: Draft, operations: readonly (readonly Operation[])[]) =>
  operations.reduce((at, each) => (applyGesture(at, { operations: each }) as Applied).draft, draft);

describe('creating', () => {
  test('[DC1] the same request sent twice, also at the same moment, creates one draft', async () => {
    const request = { id: randomUUID(), from: { kind: 'empty', title: 'Sent twice' } };
    const create = () => must(ada.post<DraftSummary>(to.drafts(), request));
    const [first, second] = await Promise.all([create(), create()]);
    expect(second.body).toEqual(first.body);
    expect((await create()).body).toEqual(first.body);
    const { drafts } = (await must(ada.get<{ drafts: DraftSummary[] }>(to.drafts()))).body;
    expect(drafts.filter(({ title }) => title === 'Sent twice')).toEqual([{ ...first.body, editing: [] }]);
    expect(first.body).toMatchObject({ name: 'sent-twice', number: 0, flow: null, newest: null, steps: 0 });
  });
  test('[DC2] an id that another request used, or somebody else, is refused', async () => {
    const { id } = await createDraft(ada);
    const again = (visitor: Visitor, title: string) =>
      visitor.post(to.drafts(), { id, from: { kind: 'empty', title } });
    expect((await again(ada, 'Another')).error?.code).toBe('requestReused');
    expect((await again(admin, 'Drawn')).error?.code).toBe('requestReused');
  });
  test('[DC3] a second flow of the same title gets another name', async () => {
    const names = [
      await createDraft(ada, { kind: 'empty', title: 'Refund!' }),
      await createDraft(ada, { kind: 'empty', title: 'refund' }),
    ];
    expect(names.map(({ name }) => name)).toEqual(['refund', 'refund-2']);
  });
});

test('[DR15] what was edited before somebody else gave the step another id is about that step; so is what takes it back', async () => {
  const { id } = await createDraft(ada);
  const other = (base: number, ...operations: Operation[]) => ({ ...gestureOf(...operations), tab: 'tab-2', base });
  const note = (node: string, value: string): Operation => ({ op: 'set', target: { node }, path: ['note'], value });
  await send(ada, id, [gestureOf(insert('one')), gestureOf(insert('two', 'one'))]);
  await send(admin, id, [other(2, note('one', 'Before'))]);
  await send(ada, id, [gestureOf({ op: 'rename', id: 'one', to: 'first' })]);
  const reads: Operation = {
    op: 'set',
    target: { node: 'two' },
    path: ['input'],
    value: { body: { $expr: 'one.id' } },
  };
  const answer = await send(admin, id, [other(3, note('one', 'Late'), reads, insert('between', 'one'))]);
  expect(answer.answers).toMatchObject([{ status: 'applied' }]);
  const { draft, own } = await readDraft(admin, id);
  expect(ids(draft)).toEqual(['first', 'between', 'two']);
  expect(draft.steps.map(({ fields }) => fields.note ?? fields.input)).toEqual([
    'Late',
    {},
    { body: { $expr: 'first.id' } },
  ]);
  expect(own[0]!.inverse).toMatchObject([{ op: 'set', target: { node: 'first' }, was: 'Before' }]);
  // Whoever has seen the new id means another step by the old one.
  await send(ada, id, [gestureOf(insert('one'))]);
  await send(admin, id, [other(6, note('one', 'Of the new one'))]);
  expect((await readDraft(admin, id)).draft.steps.find((each) => each.id === 'one')?.fields.note).toBe(
    'Of the new one'
  );
});

test('[DR1] the same gesture is applied once: sent again, at the same moment, by two tabs', async () => {
  const { id } = await createDraft(ada);
  const gesture = gestureOf(insert('one'));
  const all = await Promise.all(Array.from({ length: 6 }, () => send(ada, id, [gesture])));
  const later = await send(ada, id, [gesture, gesture]);
  for (const { answers } of [...all, later]) expect(answers[0]).toEqual(all[0]!.answers[0]);
  expect(later.answers).toHaveLength(2);
  const { draft, summary } = await readDraft(ada, id);
  expect([ids(draft), summary.number, summary.steps]).toEqual([['one'], 1, 1]);
  expect(later.changes).toMatchObject({ number: 1, gestures: [{ id: gesture.id, number: 1 }], draft: null });
});

test('[DR2] a refused gesture is answered again in the same way, is not in the log, and later ones are taken', async () => {
  const { id } = await createDraft(ada);
  const bad = gestureOf(insert('one'), { op: 'rename', id: 'nobody', to: 'other' });
  const answer = await send(ada, id, [bad, gestureOf(insert('two'))]);
  expect(answer.answers).toMatchObject([
    { status: 'refused', refusal: { code: 'gone', message: "The step 'nobody' no longer exists." } },
    { status: 'applied', number: 1 },
  ]);
  expect(answer.changes).toMatchObject({ number: 1, gestures: [{ number: 1 }] });
  // Now it would apply: the answer that was given remains.
  await send(ada, id, [gestureOf(insert('nobody'))]);
  expect((await send(ada, id, [bad])).answers).toEqual([answer.answers[0]]);
  expect(ids((await readDraft(ada, id)).draft).sort()).toEqual(['nobody', 'two']);
});

test('[DR4] two people who edit at the same time finally have the same draft as the server', async () => {
  const { id } = await createDraft(ada);
  const { draft: start } = await readDraft(ada, id);
  const work = async (visitor: Visitor, name: string) => {
    let since = 0;
    let draft = start;
    const read = (changes: DraftChanges) => {
      expect(changes.gestures?.map(({ number }) => number)).toEqual(
        Array.from({ length: changes.number - since }, (_, index) => since + index + 1)
      );
      draft = replay(
        draft,
        changes.gestures!.map(({ operations }) => operations)
      );
      since = changes.number;
    };
    for (let count = 0; count < 15; count++) {
      const last = draft.steps.at(-1)?.id ?? null;
      const made: Operation[] = [insert(`${name}-${count}`, last)];
      if (last !== null) made.push(setTitle(last, `${name} ${count}`));
      read((await send(visitor, id, [gestureOf(...made)], since)).changes);
    }
    return async () => {
      read((await must(visitor.get<DraftChanges>(to.gestures(id, since)))).body);
      return draft;
    };
  };
  const finals = await Promise.all((await Promise.all([work(ada, 'a'), work(admin, 'b')])).map((read) => read()));
  const { draft, summary, own } = await readDraft(ada, id);
  expect(finals).toEqual([draft, draft]);
  expect([summary.number, draft.steps.length]).toEqual([30, 30]);
  expect(own.map(({ by }) => by.name)).toEqual(Array.from({ length: 15 }, () => 'Ada designer'));
  expect((await readDraft(admin, id)).own).toHaveLength(15);
  expect((await readDraft(viewer, id)).own).toEqual([]);
});

test('[DR5] what was replaced unseen is in the notes, and the inverse takes back what was done', async () => {
  const { id } = await createDraft(ada);
  await send(ada, id, [gestureOf(insert('one'))]);
  const { answers } = await send(admin, id, [gestureOf(setTitle('one', 'Mine', 'what I saw'))]);
  expect(answers).toMatchObject([
    {
      status: 'applied',
      notes: [{ code: 'overwrote', target: { node: 'one' }, path: ['title'], lost: 'one' }],
      inverse: [{ op: 'set', path: ['title'], value: 'one', was: 'Mine' }],
    },
  ]);
});

describe('who may', () => {
  test('[DR6] a viewer reads and is refused; nothing is applied', async () => {
    const { id } = await createDraft(ada);
    expect((await viewer.get(to.draft(id))).status).toBe(200);
    const refused = await viewer.post(to.gestures(id), { gestures: [gestureOf(insert('one'))], since: 0 });
    expect([refused.status, refused.error?.code]).toEqual([403, 'notAllowed']);
    expect(refused.error?.message).toMatch(/does not allow you to draw and publish flows/);
    expect((await readDraft(ada, id)).summary.number).toBe(0);
  });
  test('[DR7] after the session has ended, gestures are refused, and sent again after signing in they are applied', async () => {
    const gone = new Visitor(world.origin);
    await must(gone.signIn('designer@example.test'));
    const { id } = await createDraft(gone);
    const body = { gestures: [gestureOf(insert('one'))], since: 0 };
    await must(gone.post(to.signOut(), {}));
    expect((await gone.post(to.gestures(id), body)).error?.code).toBe('notSignedIn');
    expect((await readDraft(ada, id)).summary.number).toBe(0);
    await must(gone.signIn('designer@example.test'));
    expect((await must(gone.post<GesturesAnswer>(to.gestures(id), body))).body.answers[0]?.status).toBe('applied');
  });
  test('[DR8] a draft without a flow needs the permission for everything, a draft of a flow that of the flow', async () => {
    await world.web.database.user.create({
      data: {
        id: 'till-designer',
        email: 'till@example.test',
        name: 'Tilda',
        grants: { create: { role: 'designer', flow: 'till' } },
      },
    });
    const actor = {
      id: 'till-designer',
      name: 'Tilda',
      email: 'till@example.test',
      groups: [],
      via: 'session',
      from: null,
      grants: [{ role: 'designer' as const, flow: 'till' }],
    };
    const { getDraft } = await import('./get');
    const { sendGestures } = await import('./gestures');
    const { listDrafts } = await import('./list');
    const [own, other] = [await createDraft(ada), await createDraft(ada)];
    await world.web.database.draft.update({ where: { id: own.id }, data: { flow: 'till' } });
    const all = { limit: 100, search: '', archived: false };
    expect((await listDrafts(world.web, actor, all)).drafts.map(({ id }) => id)).toEqual([own.id]);
    await expect(getDraft(world.web, actor, other.id)).rejects.toMatchObject({ code: 'notAllowed' });
    const body = () => ({ gestures: [gestureOf(insert('one'))], since: 0 });
    await expect(sendGestures(world.web, actor, other.id, body())).rejects.toMatchObject({ code: 'notAllowed' });
    expect(await sendGestures(world.web, actor, own.id, body())).toMatchObject({ answers: [{ status: 'applied' }] });
  });
  test('[DR9] a draft that does not exist, or whose id is none, is not found', async () => {
    for (const id of [randomUUID(), 'nonsense', '..', "'; drop"])
      expect((await ada.get(to.draft(id))).error?.code).toBe('draftNotFound');
    const sent = await ada.post(to.gestures(randomUUID()), { gestures: [gestureOf(insert('one'))], since: 0 });
    expect(sent.error?.code).toBe('draftNotFound');
  });
  test('[DR10] one audit row for a person, a draft and half an hour', async () => {
    const { id } = await createDraft(ada);
    for (let count = 0; count < 3; count++) await send(ada, id, [gestureOf(insert(`a-${count}`))]);
    await send(admin, id, [gestureOf(insert('b'))]);
    const rows = () =>
      world.web.database.auditEntry.findMany({
        where: { target: id, operation: 'drafts.edit' },
        orderBy: { at: 'asc' },
        select: { actorName: true, outcome: true },
      });
    const own = { actorName: 'Ada designer', outcome: 'done' };
    expect(await rows()).toEqual([own, { actorName: 'Ada admin', outcome: 'done' }]);
    const before = new Date(Date.now() - 31 * 60_000);
    await pastTheTriggers(world.web, (transaction) =>
      transaction.auditEntry.updateMany({ where: { target: id }, data: { at: before } })
    );
    await send(ada, id, [gestureOf(insert('c'))]);
    expect((await rows()).filter(({ actorName }) => actorName === own.actorName)).toEqual([own, own]);
  });
});

describe('hostile gestures', () => {
  const post = (id: string, gesture: unknown) => ada.post(to.gestures(id), { gestures: [gesture], since: 0 });
  const sendText = (id: string, text: string) => ada.post<GesturesAnswer>(to.gestures(id), text);

  test('[DR11] a field named __proto__ is refused wherever it is, and changes nothing of the server', async () => {
    const { id } = await createDraft(ada);
    const at = (operation: string) =>
      `{"since":0,"gestures":[{"id":"${randomUUID()}","tab":"t","base":0,"operations":[${operation}]}]}`;
    const slot = '"slot":{"parent":null,"branch":null,"after":null,"before":null}';
    const bad = [
      `{"op":"insert","node":{"id":"a","kind":"action","fields":{"__proto__":{"x":1}},"branches":[]},${slot}}`,
      `{"op":"insert","node":{"id":"a","kind":"action","fields":{"input":{"__proto__":{"x":1}}},"branches":[]},${slot}}`,
      '{"op":"set","target":{"node":null},"path":["__proto__","x"],"value":1}',
      '{"op":"set","target":{"node":null},"path":["input"],"value":{"__proto__":{"x":1}}}',
    ];
    for (const operation of bad) {
      const { body } = await must(sendText(id, at(operation)));
      expect(refusalOf(body)).toBe('malformed');
    }
    expect((await sendText(id, at('{"op":"remove","id":"a","__proto__":{"op":"insert"}}'))).status).toBe(422);
    expect(({} as { x?: number }).x).toBeUndefined();
    expect((await readDraft(ada, id)).summary.number).toBe(0);
  });
  test('[DR12] unknown operations, fields and kinds are refused by name', async () => {
    const { id } = await createDraft(ada);
    for (const operation of [{ op: 'dance' }, { ...insert('a'), colour: 'red' }, { op: 'move', id: 'a' }, null, 'x']) {
      const { status, error } = await post(id, { ...gestureOf(), operations: [operation] });
      expect([status, error?.code]).toEqual([422, 'inputInvalid']);
      expect(error?.problems?.[0]?.at).toMatch(/^\/gestures\/0\/operations\/0/);
    }
    const kind = { ...step('a'), kind: 'magic' as 'action' };
    const magic = {
      op: 'insert',
      node: kind,
      slot: { parent: null, branch: null, after: null, before: null },
    } as const;
    expect(refusalOf(await send(ada, id, [gestureOf(magic)]))).toBe('malformed');
  });
  test('[DR13] the id of a node elsewhere in the flow, or in the tray, cannot be taken', async () => {
    const { id } = await createDraft(ada);
    const tray = { parent: null, branch: 'tray', after: null, before: null };
    const inside: Operation = { op: 'insert', node: step('detached'), slot: tray };
    await send(ada, id, [gestureOf(insert('one'), insert('two-2'), inside)]);
    for (const stolen of ['one', 'detached', 'two2'])
      expect(refusalOf(await send(ada, id, [gestureOf(insert(stolen))]))).toBe('id-taken');
    const self: Operation = {
      op: 'move',
      id: 'one',
      slot: { parent: 'one', branch: 'catch', after: null, before: null },
      from: { parent: null, branch: null, after: null, before: null },
    };
    expect(refusalOf(await send(ada, id, [gestureOf(self)]))).toBe('inside-itself');
  });
  test('[DR14] texts of a million letters are kept or refused by name; a draft never exceeds 2 MB', async () => {
    const { id } = await createDraft(ada);
    const long = (letters: number) => 'x'.repeat(letters);
    expect((await send(ada, id, [gestureOf(insert('a', null, { note: long(900_000) }))])).answers[0]?.status).toBe(
      'applied'
    );
    expect(refusalOf(await send(ada, id, [gestureOf(insert('b', null, { note: long(1_000_001) }))]))).toBe('too-large');
    await send(ada, id, [gestureOf(insert('c', null, { note: long(900_000) }))]);
    const over = await send(ada, id, [gestureOf(insert('d', null, { note: long(900_000) }))]);
    expect(over.answers[0]).toMatchObject({ status: 'refused', refusal: { code: 'too-large', message: /2 MB/ } });
    // What becomes smaller is possible at the limit.
    const shorter: Operation = { op: 'set', target: { node: 'a' }, path: ['note'], value: 'short' };
    expect((await send(ada, id, [gestureOf(shorter)])).answers[0]?.status).toBe('applied');
    const longer: Operation = { op: 'set', target: { node: 'a' }, path: ['note'], value: long(500_000) };
    expect((await send(ada, id, [gestureOf(longer)])).answers[0]?.status).toBe('applied');
    // More than a browser should have to read at once: the draft itself is sent.
    const { number, gestures, draft } = (await must(ada.get<DraftChanges>(to.gestures(id, 0)))).body;
    expect([number, gestures === null, draft && ids(draft).sort()]).toEqual([4, true, ['a', 'c']]);
    const { status, error } = await post(id, gestureOf(insert('e', null, { note: long(3_500_000) })));
    expect([status, error?.code]).toEqual([413, 'payloadTooLarge']);
  });
});
