/** [CHAIN1] to [CHAIN3] of chain.ts, and that the database refuses what they would find. */
import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { AuditCheck } from '@/app/_contract/audit';
import { routes as to } from '@/app/_contract/routes';
import type { Prisma } from '@/prisma/client/client';
import { audited } from '../audit';
import { emptyTrail, pastTheTriggers } from '../testing/audit';
import { must, startWorld, type World } from '../testing/world';
import { checkChain, readHead, type ReadRows } from './chain';

let world: World;
beforeAll(async () => {
  world = await startWorld({ engine: false });
});
afterAll(() => world.close());
beforeEach(() => emptyTrail(world.web));

const read: ReadRows = (sql, ...values) => world.web.database.$queryRawUnsafe(sql, ...values);
const check = (witness?: AuditCheck['head']) => checkChain(read, witness);
const actor = { id: 'p1', name: 'Ada \'the "first"\' Byron ≠ 🚀', via: 'session', from: '10.0.0.1' };
async function change(target: string, end: 'done' | 'open' = 'done') {
  const details = { reason: 'äöü \\ " \n', count: 1.5, flag: true, none: null };
  if (end === 'done') return audited(world.web, actor, { operation: 'runs.start', target, details }, async () => {});
  const id = crypto.randomUUID();
  const row = { id, actorId: 'p1', actorName: 'Ada', operation: 'runs.start', target, details };
  return world.web.database.auditEntry.create({ data: row });
}
const three = async () => {
  for (const target of ['a', 'b', 'c']) await change(target);
};

test('[CHAIN1] what is as it was written passes: with any text, with an entry that never ended, and empty', async () => {
  expect(await check()).toEqual({ entries: 0, head: { link: 0, hash: '' }, faults: [], found: 0, held: true });
  await three();
  await change('d', 'open');
  const { head, ...rest } = await check();
  expect(rest).toEqual({ entries: 4, faults: [], found: 0, held: true });
  expect(head).toEqual({ link: 7, hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
  expect(await check(head)).toMatchObject({ held: true });
});

test('[CHAIN1] of entries that are written at once each has its links, in one order', async () => {
  await Promise.all(Array.from({ length: 40 }, (_, at) => change(`t-${at}`)));
  expect(await check()).toMatchObject({ entries: 40, head: { link: 80 }, found: 0 });
});

const idOf = async (target: string) =>
  (await world.web.database.auditEntry.findFirstOrThrow({ where: { target }, select: { id: true } })).id;
test.each<[string, (row: string) => Prisma.AuditEntryUncheckedUpdateInput]>([
  ['another actor', () => ({ actorName: 'Eve' })],
  ['another instant', () => ({ at: new Date(0) })],
  ['other details', () => ({ details: { reason: 'none' } })],
  ['another outcome', () => ({ outcome: 'refused' })],
  ['no outcome', () => ({ outcome: null })],
  ['no address', () => ({ fromAddress: null })],
])('[CHAIN1] %s in an entry is found, and refused by the database', async (_what, data) => {
  await three();
  const id = await idOf('b');
  const update = { where: { id }, data: data(id) };
  await expect(world.web.database.auditEntry.update(update)).rejects.toThrow(/never changed/);
  await pastTheTriggers(world.web, (transaction) => transaction.auditEntry.update(update));
  const { faults, found } = await check();
  expect([found, faults]).toEqual([
    1,
    [{ link: expect.any(Number) as number, entry: id, what: 'The entry was changed.' }],
  ]);
});

test('[CHAIN1] an entry that is removed or written past the chain is found, and removal is refused', async () => {
  await three();
  const id = await idOf('b');
  await expect(world.web.database.auditEntry.delete({ where: { id } })).rejects.toThrow(/append-only/);
  await expect(world.web.database.$executeRaw`TRUNCATE app.audit`).rejects.toThrow(/append-only/);
  await pastTheTriggers(world.web, (transaction) => transaction.auditEntry.delete({ where: { id } }));
  expect((await check()).faults.map(({ what }) => what)).toEqual(['The entry was removed.', 'The entry was removed.']);
  await emptyTrail(world.web);
  await pastTheTriggers(world.web, async () => {});
  await pastTheTriggers(world.web, (transaction) =>
    transaction.auditEntry.create({
      data: { id, actorId: 'x', actorName: 'X', operation: 'runs.start', target: 'x', details: {} },
    })
  );
  expect((await check()).faults).toEqual([{ link: 0, entry: id, what: 'This entry has no link.' }]);
});

test('[CHAIN2] a link that is changed or removed is found, and refused by the database', async () => {
  await three();
  await expect(world.web.database.auditLink.delete({ where: { seq: 3n } })).rejects.toThrow(/append-only/);
  await expect(world.web.database.auditLink.update({ where: { seq: 3n }, data: { content: '{}' } })).rejects.toThrow(
    /append-only/
  );
  await pastTheTriggers(world.web, (transaction) => transaction.auditLink.delete({ where: { seq: 3n } }));
  expect((await check()).faults.map(({ link, what }) => [link, what])).toContainEqual([3, 'Link 3 was removed.']);
  await emptyTrail(world.web);
  await three();
  await pastTheTriggers(world.web, (transaction) =>
    transaction.auditLink.update({ where: { seq: 3n }, data: { content: 'no JSON' } })
  );
  expect((await check()).faults).toMatchObject([{ link: 3, what: 'This link was changed, or the one before it.' }]);
});

test('[CHAIN3] an earlier head shows that the end was cut off, or that all was written anew', async () => {
  await three();
  const { head } = await check();
  await pastTheTriggers(world.web, async (transaction) => {
    await transaction.auditEntry.deleteMany({ where: { target: 'c' } });
    await transaction.auditLink.deleteMany({ where: { seq: { gt: 4 } } });
  });
  expect(await check()).toMatchObject({ found: 0, entries: 2 });
  const cut = await check(head);
  expect(cut.held).toBe(false);
  expect(cut.faults[0]?.what).toBe(
    'The trail ends before link 6, which an earlier check has seen: its end was cut off.'
  );
  // Whoever may write everything can make a new chain that is true in itself.
  await pastTheTriggers(world.web, async (transaction) => {
    await transaction.auditEntry.updateMany({ data: { actorName: 'Eve' } });
    let hash = '';
    for (const link of await transaction.auditLink.findMany({ orderBy: { seq: 'asc' } })) {
      const content = link.content.replace(JSON.stringify(actor.name), '"Eve"');
      hash = createHash('sha256').update(`${hash}\n${content}`).digest('hex');
      await transaction.auditLink.update({ where: { seq: link.seq }, data: { content, hash } });
    }
  });
  const [{ hash: old }] = (await read<{ hash: string }>('SELECT hash FROM app.audit_link WHERE seq = 4')) as [
    { hash: string },
  ];
  await change('c');
  expect(await check({ link: 4, hash: old })).toMatchObject({ held: true });
  expect((await check({ ...head, link: 4 })).faults.map(({ what }) => what)).toEqual([
    'This link is not the one of the earlier check: all before it was written anew.',
  ]);
});

test('[CHAIN3] the check of the page takes an earlier head, says what is none, and is in the trail itself', async () => {
  const auditor = await world.as('auditor');
  const { body } = await must(auditor.post<AuditCheck>(to.checkAudit(), {}));
  expect(body).toMatchObject({ faults: [], held: true });
  const head = `${body.head.link}:${body.head.hash}`;
  expect((await must(auditor.post<AuditCheck>(to.checkAudit(), { head }))).body).toMatchObject({ held: true });
  const false_ = `${body.head.link}:${'0'.repeat(64)}`;
  expect((await must(auditor.post<AuditCheck>(to.checkAudit(), { head: false_ }))).body).toMatchObject({ held: false });
  expect((await auditor.post(to.checkAudit(), { head: 'the last one' })).error?.problems?.[0]?.at).toBe('/head');
  expect((await (await world.as('operator')).post(to.checkAudit(), {})).error?.code).toBe('notAllowed');
  expect(await world.web.database.auditEntry.count({ where: { operation: 'audit.check', outcome: 'done' } })).toBe(3);
  expect(readHead(' 12:' + 'a'.repeat(64) + '\n')).toEqual({ link: 12, hash: 'a'.repeat(64) });
  expect(readHead('12')).toBe(null);
});
