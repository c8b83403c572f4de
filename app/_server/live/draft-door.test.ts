/** [DW] Drafts over real sockets: who may watch, announced numbers, who is there. */
import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { DraftVisitor, DraftWatchAnswer, Topic } from '@/app/_contract/live';
import { routes as to } from '@/app/_contract/routes';
import { createDraft, gestureOf, insert, send } from '../testing/drafts';
import { eventually, must, startWorld, Visitor, type TestSocket, type World } from '../testing/world';

let world: World;
let ada: Visitor;
let viewer: Visitor;
beforeAll(async () => {
  world = await startWorld({ engine: false });
  ada = await world.as('designer');
  viewer = await world.as('viewer');
}, 120_000);
afterAll(() => world.close());

const open = new Set<TestSocket>();
afterEach(() => {
  for (const socket of open) socket.disconnect();
  open.clear();
});

interface Tab {
  socket: TestSocket;
  numbers: number[];
  people: DraftVisitor[];
  watch: (request: unknown) => Promise<DraftWatchAnswer>;
}
async function tab(visitor: Visitor): Promise<Tab> {
  const socket = visitor.socket();
  open.add(socket);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
    socket.connect();
  });
  const seen: Tab = {
    socket,
    numbers: [],
    people: [],
    watch: (request) => new Promise((resolve) => socket.emit('watchDraft', request as never, resolve)),
  };
  socket.on('draftChanged', ({ number }) => seen.numbers.push(number));
  socket.on('draftPeople', ({ people }) => (seen.people = people));
  return seen;
}
const names = ({ people }: Tab) => people.map((each) => `${each.name} ${each.tab}`).sort();

test('[DW1] everybody who watches a draft hears its new number, and nobody else', async () => {
  const [{ id }, other] = [await createDraft(ada), await createDraft(ada)];
  const [one, two, elsewhere] = [await tab(ada), await tab(viewer), await tab(ada)];
  expect(await one.watch({ id, tab: 'a' })).toMatchObject({ kind: 'watching', number: 0, people: [{ tab: 'a' }] });
  expect(await two.watch({ id: id.toUpperCase(), tab: 'b' })).toMatchObject({ kind: 'watching' });
  expect(await elsewhere.watch({ id: other.id, tab: 'c' })).toMatchObject({ kind: 'watching' });
  await send(ada, id, [gestureOf(insert('one')), gestureOf(insert('two'))]);
  await eventually(() => expect([one.numbers, two.numbers]).toEqual([[2], [2]]));
  // A gesture that is refused, or known, is no change.
  const known = gestureOf(insert('three'));
  await send(ada, id, [known]);
  await send(ada, id, [known, gestureOf(insert('three'))]);
  two.socket.emit('unwatchDraft', { id });
  await eventually(() => expect(names(one)).toEqual(['Ada designer a']));
  await send(ada, id, [gestureOf(insert('four'))]);
  await eventually(() => expect(one.numbers).toEqual([2, 3, 4]));
  expect([two.numbers, elsewhere.numbers]).toEqual([[2, 3], []]);
});

test('[DW2] who is there, what they have selected and where they type; gone with the socket', async () => {
  const { id } = await createDraft(ada);
  const [one, two] = [await tab(ada), await tab(viewer)];
  await one.watch({ id, tab: 'a' });
  await two.watch({ id, tab: 'b' });
  await eventually(() => expect(names(one)).toEqual(['Ada designer a', 'Ada viewer b']));
  two.socket.emit('presentIn', { id, tab: 'b', selected: 'charge', typing: 'charge/title' });
  await eventually(() =>
    expect(one.people.find((each) => each.tab === 'b')).toEqual({
      personId: viewer.person?.id,
      name: 'Ada viewer',
      tab: 'b',
      selected: 'charge',
      typing: 'charge/title',
    })
  );
  // Nobody is shown in a draft that they do not watch, and nobody can speak for another tab.
  const stranger = await tab(viewer);
  stranger.socket.emit('presentIn', { id, tab: 'a', selected: 'stolen', typing: null });
  two.socket.emit('presentIn', { id, tab: 'a', selected: 'other', typing: null });
  await eventually(() => expect(one.people.find((each) => each.tab === 'b')).toMatchObject({ selected: 'other' }));
  expect(one.people.find((each) => each.tab === 'a')).toMatchObject({ name: 'Ada designer', selected: null });
  two.socket.disconnect();
  await eventually(() => expect(names(one)).toEqual(['Ada designer a']));
});

test('[DW3] a malformed id, an unknown draft, too many drafts, and one that the person may not see are refused', async () => {
  const one = await tab(ada);
  const code = async (request: unknown, of = one) => {
    const answer = await of.watch(request);
    return answer.kind === 'refused' ? answer.error.code : answer.kind;
  };
  expect(await code(null)).toBe('badRequest');
  expect(await code({ id: 'x', tab: 'a' })).toBe('badRequest');
  expect(await code({ id: randomUUID(), tab: 'a' })).toBe('draftNotFound');
  const drafts = await Promise.all(Array.from({ length: 21 }, () => createDraft(ada)));
  const codes = [];
  for (const { id } of drafts) codes.push(await code({ id, tab: 'a' }));
  expect(codes).toEqual([...Array.from({ length: 20 }, () => 'watching'), 'tooManyTries']);

  // A viewer of one flow.
  await world.web.database.roleGrant.updateMany({ where: { personId: viewer.person?.id }, data: { flow: 'till' } });
  await must(new Visitor(world.origin).signIn('viewer@example.test'));
  const limited = await tab(viewer);
  expect(await code({ id: drafts[0]!.id, tab: 'b' }, limited)).toBe('notAllowed');
  await world.web.database.draft.update({ where: { id: drafts[0]!.id }, data: { flow: 'till' } });
  expect(await code({ id: drafts[0]!.id, tab: 'b' }, limited)).toBe('watching');
  await world.web.database.roleGrant.updateMany({ where: { personId: viewer.person?.id }, data: { flow: null } });
});

test('[DW4] a change that only the database has is found too: there may be another process and no Redis', async () => {
  const { id } = await createDraft(ada);
  const one = await tab(ada);
  await one.watch({ id, tab: 'a' });
  await world.web.database.draft.update({ where: { id }, data: { number: 7 } });
  await eventually(() => expect(one.numbers).toEqual([7]), 8_000);
});

test('[DW7] what a newcomer finds already changed is announced to those who were there before', async () => {
  const { id } = await createDraft(ada);
  const [one, two] = [await tab(ada), await tab(viewer)];
  await one.watch({ id, tab: 'a' });
  // Another process, whose announcement has not arrived yet.
  await world.web.database.draft.update({ where: { id }, data: { number: 7 } });
  expect(await two.watch({ id, tab: 'b' })).toMatchObject({ kind: 'watching', number: 7 });
  await eventually(() => expect(one.numbers).toEqual([7]), 4_000);
});

test('[DW5] after signing out nothing is heard any more, and the person is no longer there', async () => {
  const { id } = await createDraft(ada);
  const mine = new Visitor(world.origin);
  await must(mine.signIn('designer@example.test'));
  const [one, two] = [await tab(mine), await tab(viewer)];
  await one.watch({ id, tab: 'a' });
  await two.watch({ id, tab: 'b' });
  await must(mine.post(to.signOut(), {}));
  await eventually(() => expect(names(two)).toEqual(['Ada viewer b']));
  await send(ada, id, [gestureOf(insert('one'))]);
  await eventually(() => expect(two.numbers).toEqual([1]));
  expect(one.numbers).toEqual([]);
});

test('[DW6] lists are notified that drafts changed, once and not for every gesture', async () => {
  const { id } = await createDraft(ada);
  const one = await tab(viewer);
  const heard: Topic[][] = [];
  await send(ada, id, [gestureOf(insert('one'))]);
  one.socket.on('invalidate', ({ topics }) => heard.push(topics));
  await send(ada, id, [gestureOf(insert('two'))]);
  await eventually(() => expect(heard.flat()).toContain('drafts'));
  const note = (value: string) => gestureOf({ op: 'set', target: { node: 'two' }, path: ['note'], value });
  const before = heard.flat().filter((topic) => topic === 'drafts').length;
  for (const letter of ['a', 'b', 'c', 'd']) await send(ada, id, [note(letter)]);
  await must(ada.post(to.tagDraft(id), { add: ['x'], remove: [] }));
  await eventually(() => expect(heard.flat().filter((topic) => topic === 'drafts').length).toBe(before + 1));
});
