/**
 * Finds what people are to be told, from the rows of tasks.
 *
 * Rules
 * [NTC1] The rows say it all, so nothing is lost while this process or a part of it is away. Who is asked is looked at again when
 *        a digest of the task, of people, and of who decides for whom has changed.
 * [NTC2] A fact is a row once, whoever finds it and however often.
 * [NTC3] What waited before there were notifications is told to nobody.
 * [NTC4] While MOST_WAITING wait to be sent, no more are found; they are found later.
 */
import { randomUUID } from 'node:crypto';
import type { NotificationSettings } from '@/app/_contract/notifications';
import type { Person } from '@/app/_contract/people';
import { Prisma, type Chat, type HumanTask, type PushDevice } from '@/prisma/client/client';
import type { StandIn } from '../inbox/delegate';
import { readPeople } from '../people/person';
import type { Web } from '../web';
import { readSettings, sendAt, UNWANTED, USUAL } from './settings';
import {
  isAnswered,
  isAnsweredSince,
  isOpenQuestion,
  toTell,
  toTellAnswers,
  toTellChat,
  toTellChatAnswers,
  toTellChatQuestions,
  toTellQuestions,
  type Reachable,
  type Reminder,
  type Told,
} from './whom';

const { sql } = Prisma;
/** Tasks that are looked at together. */
const AT_ONCE = 100;
const MOST_WAITING = 20_000;

type Collector = Pick<Web, 'database' | 'config' | 'mail'>;

/** Resolves to the number of tasks that it looked at. */
export async function collect(web: Collector, now = new Date()): Promise<number> {
  const { database } = web;
  const [chats, devices] = await Promise.all([
    database.chat.findMany(),
    database.pushDevice.findMany({ where: { goneAt: null } }),
  ]);
  // Whoever waits when a mail server is configured is told then.
  if (!web.mail.configured && chats.length === 0 && devices.length === 0) return 0;
  const state = await stateOfPeople(web, now);
  const digest = sql`md5(concat_ws('|', ${state}::text, t.candidates::text, t.asked::text, t.how_many::text, t.vote_count,
    t.event_count, t.claimed_by_id, t.claimed_at, t.starter_id, t.due_at, t.due_at <= ${now}::timestamptz))`;
  for (let looked = 0; ;) {
    if ((await database.notification.count({ where: { nextAt: { not: null } } })) >= MOST_WAITING) return looked;
    const stale = await database.$queryRaw<{ taskId: string; digest: string }[]>`
      SELECT t.task_id AS "taskId", ${digest} AS digest FROM app.human_task t
      WHERE t.settled_at IS NULL AND t.flow <> '' AND t.namespace = ${web.config.namespace}
        AND t.told IS DISTINCT FROM ${digest}
      ORDER BY t.opened_at, t.task_id LIMIT ${AT_ONCE}`;
    if (stale.length === 0) return looked;
    const digests = new Map(stale.map((each) => [each.taskId, each.digest]));
    const tasks = await database.humanTask.findMany({ where: { taskId: { in: [...digests.keys()] } } });
    const isAnybodyTold = web.mail.configured || devices.length > 0;
    const people = isAnybodyTold ? await readReachable(web, null, now) : [];
    const wishes = await readSettings(
      web,
      people.map(({ person }) => person.id)
    );
    for (const task of tasks)
      await keep(web, { task, people, wishes, chats, devices }, digests.get(task.taskId) ?? '', now);
    looked += stale.length;
    if (stale.length < AT_ONCE) return looked;
  }
}

interface Found {
  task: HumanTask;
  people: readonly Reachable[];
  wishes: ReadonlyMap<string, NotificationSettings>;
  chats: readonly Chat[];
  devices: readonly PushDevice[];
}

async function keep(
  { database, mail }: Collector,
  { task, people, wishes, chats, devices }: Found,
  digest: string,
  now: Date
): Promise<void> {
  const { taskId } = task;
  const [reminder, questions] =
    task.eventCount > 0
      ? await Promise.all([
          newestReminder(database, taskId, devices),
          database.humanTaskQuestion.findMany({ where: { taskId, withdrawnAt: null } }),
        ])
      : [null, []];
  const asked = questions.filter(isOpenQuestion);
  const answered = questions.filter(isAnswered);
  const found: (Told & { content?: { questionId: string } })[] = people
    .flatMap((each) => [
      ...toTell(each, task, now.getTime(), reminder),
      ...toTellQuestions(each, task, asked),
      ...toTellAnswers(each, task, answered),
    ])
    // Of two processes that find the same, one waits for the other, and never each for the other.
    .sort((a, b) => (a.fact < b.fact ? -1 : 1));
  // [NTC3]
  const isOld = task.told === 'before';
  const rows = (mail.configured ? found : []).map((each) => {
    const nextAt = sendAt(wishes.get(each.personId) ?? USUAL, each.kind, now);
    const dropped = isOld ? 'It waited before mails were sent.' : nextAt === null ? UNWANTED : null;
    return { ...each, id: randomUUID(), taskId, createdAt: now, dropped, nextAt: dropped === null ? nextAt : null };
  });
  // [NTD2]
  const wanted = found.filter(({ kind, personId }) => !(wishes.get(personId) ?? USUAL).off.includes(kind));
  const toDevices = wanted.flatMap(({ kind, fact, personId, content }) =>
    devices
      .filter((device) => {
        const answer = kind === 'answered' ? answered.find(({ id }) => id === content?.questionId) : undefined;
        return device.personId === personId && (!answer || isAnsweredSince(answer, device));
      })
      .map(({ id }) => ({
        id: randomUUID(),
        kind,
        fact: `${fact} ${id}`,
        ...(content ? { content } : {}),
        taskId,
        deviceId: id,
        createdAt: now,
        nextAt: now,
      }))
  );
  const toChats = chats
    .flatMap((chat) => [
      ...toTellChat(chat, task, now.getTime(), reminder),
      ...toTellChatQuestions(chat, task, asked),
      ...toTellChatAnswers(chat, task, answered),
    ])
    .map((each) => ({ ...each, id: randomUUID(), taskId, createdAt: now, nextAt: now }));
  await database.$transaction([
    // [NTC2]
    database.notification.createMany({ data: rows, skipDuplicates: true }),
    database.notification.createMany({ data: toChats, skipDuplicates: true }),
    database.notification.createMany({ data: toDevices, skipDuplicates: true }),
    database.humanTask.updateMany({ where: { taskId }, data: { told: digest } }),
  ]);
}

/** [NTW4] */
async function newestReminder(
  database: Web['database'],
  taskId: string,
  devices: readonly PushDevice[]
): Promise<Reminder | null> {
  const [newest, told] = await Promise.all([
    database.humanTaskEvent.findFirst({ where: { taskId, kind: 'reminded' }, orderBy: { seq: 'desc' } }),
    database.notification.findMany({
      where: { taskId, kind: { in: ['asked', 'assigned'] } },
      select: { personId: true, chatId: true, deviceId: true },
    }),
  ]);
  if (!newest) return null;
  const ownerOf = new Map(devices.map(({ id, personId }) => [id, personId]));
  const knownTo = new Set(
    told.flatMap(({ personId, chatId, deviceId }) => personId ?? chatId ?? ownerOf.get(deviceId ?? '') ?? [])
  );
  return { seq: newest.seq, atMs: newest.at.getTime(), knownTo };
}

/** People with those for whom they decide now. Null: everybody. */
export async function readReachable(
  web: Pick<Web, 'database'>,
  ids: readonly string[] | null,
  now: Date
): Promise<Reachable[]> {
  const [people, delegations] = await Promise.all([
    readPeople(web, ids),
    web.database.delegation.findMany({
      where: {
        ...(ids === null ? {} : { toId: { in: [...ids] } }),
        endedAt: null,
        startsAt: { lte: now },
        endsAt: { gt: now },
      },
      orderBy: [{ fromName: 'asc' }, { id: 'asc' }],
    }),
  ]);
  const known = new Map(people.map((each) => [each.id, each]));
  const others = delegations.map(({ fromId }) => fromId).filter((id) => !known.has(id));
  for (const each of others.length > 0 ? await readPeople(web, others) : []) known.set(each.id, each);
  const standInsOf = (person: Person): StandIn[] =>
    delegations.flatMap(({ fromId, toId, flows }) => {
      const away = known.get(fromId);
      return toId === person.id && away ? [{ person: away, flows: flows.length === 0 ? null : flows }] : [];
    });
  return people.map((person) => ({ person, standIns: standInsOf(person) }));
}

/** Differs whenever somebody else may be asked, or be told. */
async function stateOfPeople({ database, mail }: Collector, now: Date): Promise<string> {
  const [row] = await database.$queryRaw<{ digest: string }[]>`
    SELECT md5(coalesce(string_agg(each, ',' ORDER BY each), '')) AS digest FROM (
      SELECT 'person ' || id || ' ' || email AS each FROM app."user" WHERE deactivated_at IS NULL
      UNION ALL SELECT 'member ' || person_id || ' ' || group_name FROM app.group_member
      UNION ALL SELECT concat_ws(' ', 'role', person_id, group_name, role, flow) FROM app.role_grant
      UNION ALL SELECT concat_ws(' ', 'chat', id, group_name) FROM app.chat
      UNION ALL SELECT 'device ' || id FROM app.push_device WHERE gone_at IS NULL
      UNION ALL SELECT 'delegation ' || id FROM app.delegation
        WHERE ended_at IS NULL AND starts_at <= ${now} AND ends_at > ${now}
    ) AS states`;
  return `${mail.configured} ${row?.digest ?? ''}`;
}
