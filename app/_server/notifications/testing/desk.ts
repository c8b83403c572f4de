/** What notifications need, without an engine: a database with people and tasks, and a post office. */
import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import type { Role } from '@/app/_contract/people';
import { createTestDatabase } from '@/engine/store/postgres/testing/database';
import type { HumanTask, Prisma } from '@/prisma/client/client';
import { openDatabase } from '../../database';
import { createMail, type Mail } from '../../mail';
import { PostOffice } from '../../testing/post-office';
import type { Web } from '../../web';
import { Chatter } from '../chatter';
import { collect } from '../collect';
import type { Outgoing } from '../outgoing';
import { Pusher } from '../pusher';
import { sendDue } from '../send';

export interface Desk {
  web: Outgoing;
  office: PostOffice;
  databaseUrl: string;
  /** Does not go on by itself. */
  clock: { now: Date };
  person(id: string, more?: { role?: Role; groups?: string[]; email?: string }): Promise<void>;
  /** Waits for a decision, unless `more` says something else. */
  task(more?: Partial<Prisma.HumanTaskUncheckedCreateInput>): Promise<HumanTask>;
  /** Finds and sends what there is, as of the clock. */
  round(mail?: Mail): Promise<{ tried: number; isAway: boolean }>;
  close(): Promise<void>;
}

/** `environment`: which addresses may be called. */
export async function openDesk(environment: Record<string, string> = {}): Promise<Desk> {
  const test = await createTestDatabase();
  const database = openDatabase(test.url, () => {});
  const office = new PostOffice();
  await office.open();
  const log = pino({ level: 'silent' });
  const mail = createMail({ smtp: { url: office.url, from: 'Backstitch <no-reply@example.test>' } }, log);
  const config = {
    namespace: 'default',
    webUrl: new URL('https://backstitch.example.test'),
    environment,
    authSecret: 'only tests know this secret, which is long enough',
  } as Web['config'];
  const clock = { now: new Date('2026-11-30T09:00:00Z') };
  const chatter = new Chatter(config);
  const pusher = new Pusher(config);
  const invalidations = { announce: () => {} } as unknown as Web['invalidations'];
  const web = { database, config, mail, log, chatter, pusher, invalidations };
  return {
    web,
    office,
    databaseUrl: test.url,
    clock,
    async person(id, { role = 'approver', groups = [], email = `${id}@example.test` } = {}) {
      await database.personGroup.createMany({ data: groups.map((name) => ({ name })), skipDuplicates: true });
      await database.user.create({
        data: {
          id,
          email,
          name: id[0]!.toUpperCase() + id.slice(1),
          grants: { create: { role } },
          memberships: { create: groups.map((groupName) => ({ groupName })) },
        },
      });
    },
    task: (more = {}) =>
      database.humanTask.create({
        data: {
          taskId: `order-1/${randomUUID()}`,
          namespace: 'default',
          workflowId: 'order-1',
          firstRunId: 'r',
          workflowType: 'order_v1',
          flow: 'order',
          nodeId: 'approve',
          title: 'Approve the order',
          question: 'May this order be shipped?',
          candidates: ['finance'],
          requireComment: 'never',
          data: { amount: 129_000, currency: 'EUR', card: '4242424242424242' },
          dataHash: 'h',
          schema: {
            type: 'object',
            properties: {
              amount: { type: 'integer', title: 'Amount', format: 'money', currencyField: 'currency', primary: true },
              card: { type: 'string', title: 'Card', sensitive: true },
            },
          },
          openedAt: clock.now,
          ...more,
        },
      }),
    async round(other = mail) {
      await collect({ ...web, mail: other }, clock.now);
      await sendDue(web, 'chat', () => clock.now);
      await sendDue(web, 'push', () => clock.now);
      return sendDue({ ...web, mail: other }, 'mail', () => clock.now);
    },
    async close() {
      chatter.close();
      pusher.close();
      await database.$disconnect();
      await office.close();
      await test.drop();
    },
  };
}
