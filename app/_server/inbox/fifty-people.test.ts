/**
 * Fifty people at the same inbox: they claim, take over, release, reassign, ask, decide, vote and take back, each from what their
 * own tab shows, while runs start. Real engine, PostgreSQL, REST and sockets; a seed decides who does what
 * (`BACKSTITCH_SEED`), the machine decides when.
 *
 * Rules
 * [FTY1] Nothing is decided twice: what the people were answered, what the run accepted and what the row says are the same.
 * [FTY2] A task changes hands only as somebody asked, from the one whom they saw to the one whom they named, or because whoever
 *        held it has voted.
 * [FTY3] Nobody decides who is not asked, and in sequence nobody before their turn.
 * [FTY4] A tab that reads its list only when its socket says so shows in the end what the server has.
 * [FTY6] Questions reach whoever started the run; when all are answered, no clock is stopped.
 * [FTY7] No task waits for ever: whom a turn names has it, however early they voted; where too few are left who may decide, the
 *        task says so, and ends when who operates it has asked others.
 * [FTY5] Every run whose task was decided ends, and every request has an answer that people can act on.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { hashPassword } from 'better-auth/crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FailureCode } from '@/app/_contract/errors';
import type { CandidateList, DecisionReceipt, InboxList, InboxTask, InboxTaskDetail } from '@/app/_contract/inbox';
import { routes as to } from '@/app/_contract/routes';
import type { StartedRun } from '@/app/_contract/runs';
import { Random } from '@/engine/crash-test/random';
import { eventsFromHistory } from '@/engine/run-view/events-from-history';
import { readRecords } from '@/engine/run-view/records';
import type { HumanTask } from '@/prisma/client/client';
import { APPROVAL_UPDATE, TAKE_BACK_UPDATE, type Actor, type Vote } from '@/engine/saga/contract';
import {
  eventually,
  must,
  PASSWORD,
  startWorld,
  Visitor,
  type Answer,
  type TestSocket,
  type World,
} from '../testing/world';

const SEED = Number(process.env.BACKSTITCH_SEED ?? 20_261_130);
const PEOPLE = 50;
const TASKS = 100;
/** Of these nobody decides anything: they remain in the lists. */
const KEPT = 10;
const BUSY_MS = 20_000;
/** On a slow machine they go on until so much has happened. */
const MOST_BUSY_MS = 90_000;
const isBusyEnough = () =>
  did.filter(({ what }) => what === 'move').length >= 60 && did.filter(({ what }) => what === 'takeBack').length >= 8;
const FLOWS = [
  { name: 'one-person', candidates: ['g0', 'g1'] },
  { name: 'two-people', candidates: ['g1', 'g2'], howMany: 2 },
  { name: 'in-turn', candidates: ['g3', 'g4', 'p45@people.test'], howMany: 'inSequence' },
  // The last one is in the group as well.
  { name: 'boss-last', candidates: ['g3', 'p48@people.test'], howMany: 'inSequence' },
  // Two people are asked, one of them twice.
  { name: 'too-few', candidates: ['few', 'p10@people.test'], howMany: 3 },
] as const;
const documentOf = ({ name, ...more }: (typeof FLOWS)[number]) => ({
  format: 1,
  name,
  title: name,
  input: { type: 'object', required: ['n'], properties: { n: { type: 'integer' } } },
  steps: [
    {
      id: 'ask',
      kind: 'approval',
      title: 'Ask',
      question: 'Shall it be done?',
      data: { n: { $expr: 'input.n' } },
      requireComment: 'never',
      takeBack: '2s',
      ...more,
    },
  ],
});

let world: World;
let admin: Visitor;
const people: Person[] = [];
const drawn = new Random(SEED);
const random = () => drawn.next();
const pick = <T>(from: readonly T[]): T | undefined => from[Math.floor(random() * from.length)];

/** Whatever is refused is refused with one of these. */
const USUAL: readonly FailureCode[] = [
  'claimedByOther',
  'alreadyDecided',
  'notCandidate',
  'notAllowed',
  'refused',
  'runClosed',
];
interface Did {
  by: string;
  taskId: string;
  what: 'decide' | 'takeBack' | 'move';
  /** Of a move. */
  from?: string | null;
  to?: string | null;
  /** Of a decision: the same vote, sent again, has the time of the first. */
  atMs?: number;
}
const did: Did[] = [];
let questions = 0;
const unusual: string[] = [];
const turnOf = ({ howMany, votes }: InboxTask) => (howMany === 'inSequence' ? { turn: votes.length } : {});
/** The tasks that nobody decides. */
const kept = new Set<string>();

class Person {
  tasks: readonly InboxTask[] = [];
  #isStale = true;
  #reading: Promise<void> | null = null;
  constructor(
    readonly id: string,
    readonly visitor: Visitor,
    readonly socket: TestSocket,
    readonly names: readonly string[],
    readonly mayAssign: boolean
  ) {
    socket.on('invalidate', ({ topics }) => {
      if (topics.includes('inbox')) this.stale();
    });
  }
  /** As the page does: one reading at a time, a moment after the news. */
  stale(): void {
    this.#isStale = true;
    this.#reading ??= this.#read().finally(() => (this.#reading = null));
  }
  async #read(): Promise<void> {
    while (this.#isStale) {
      await delay(2_000 + random() * 2_000);
      this.#isStale = false;
      try {
        this.tasks = (await must(this.visitor.get<InboxList>(to.inbox('view=waiting&limit=200')))).body.tasks;
      } catch {
        this.#isStale = this.socket.connected;
      }
    }
  }

  async act(): Promise<void> {
    const task = pick(this.tasks);
    if (!task) return;
    const { taskId, claim, dataHash } = task;
    const chance = random();
    const from = claim?.id ?? null;
    const note = (answer: Answer, what: Did) => {
      if (answer.status === 200) did.push(what);
      else if (!USUAL.includes(answer.error?.code as FailureCode))
        unusual.push(`${what.what}: ${answer.status} ${JSON.stringify(answer.error)}`);
    };
    if (chance < 0.3) {
      const answer = await this.visitor.post(to.claimTask(taskId), { from });
      note(answer, { by: this.id, taskId, what: 'move', from, to: this.id });
    } else if (chance < 0.4) {
      const answer = await this.visitor.post(to.releaseTask(taskId), {});
      note(answer, { by: this.id, taskId, what: 'move', from: this.id, to: null });
    } else if (chance < 0.5 && this.mayAssign) {
      const other = pick(people)!.id;
      const answer = await this.visitor.post(to.assignTask(taskId), { from, to: other });
      note(answer, { by: this.id, taskId, what: 'move', from, to: other });
    } else if (chance < 0.56) {
      const body = { questionId: randomUUID(), text: 'Which budget?', of: null };
      const answer = await this.visitor.post(to.askQuestion(taskId), body);
      if (answer.status === 200) questions++;
      else if (!USUAL.includes(answer.error?.code as FailureCode))
        unusual.push(`ask: ${answer.status} ${JSON.stringify(answer.error)}`);
    } else if (!kept.has(taskId)) {
      const decision = random() < 0.8 ? 'approve' : 'reject';
      const body = { decisionId: randomUUID(), decision, comment: '', dataHash, ...turnOf(task) };
      const answer = await this.visitor.post<DecisionReceipt>(to.decideTask(taskId), body);
      note(answer, { by: this.id, taskId, what: 'decide', atMs: answer.body.atMs });
      // Sometimes somebody presses twice, and sometimes they change their mind.
      if (answer.status === 200 && random() < 0.2) await this.visitor.post(to.decideTask(taskId), body);
      if (random() < (answer.status === 200 ? 0.5 : 0.05)) {
        await delay(random() * 1_500);
        const back = await this.visitor.post(to.takeBackTask(taskId), { requestId: randomUUID() });
        note(back, { by: this.id, taskId, what: 'takeBack' });
      }
    }
  }
}

beforeAll(async () => {
  world = await startWorld();
  admin = await world.as('admin');
  const { database } = world.web;
  await database.personGroup.createMany({ data: ['g0', 'g1', 'g2', 'g3', 'g4', 'few'].map((name) => ({ name })) });
  const password = await hashPassword(PASSWORD);
  // Every change of hands, as the database saw it.
  await database.$executeRawUnsafe(`CREATE TABLE app.hands (task_id text, before text, after text)`);
  await database.$executeRawUnsafe(`CREATE FUNCTION app.keep_hands() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO app.hands VALUES (OLD.task_id, OLD.claimed_by_id, NEW.claimed_by_id); RETURN NEW; END $$`);
  await database.$executeRawUnsafe(`CREATE TRIGGER keep_hands AFTER UPDATE ON app.human_task FOR EACH ROW
    WHEN (OLD.claimed_by_id IS DISTINCT FROM NEW.claimed_by_id) EXECUTE FUNCTION app.keep_hands()`);
  for (let n = 0; n < PEOPLE; n++) {
    const [id, email] = [`p${n}`, `p${n}@people.test`];
    const groups = [`g${n % 5}`, ...(n === 10 || n === 11 ? ['few'] : [])];
    const mayAssign = n < 5;
    const roles = ['approver', ...(mayAssign ? ['operator'] : [])];
    await database.user.create({
      data: {
        id,
        email,
        name: `Person ${n}`,
        grants: { create: roles.map((role) => ({ role })) },
        memberships: { create: groups.map((groupName) => ({ groupName })) },
      },
    });
    await database.account.create({
      data: { id: `account-${id}`, userId: id, accountId: id, providerId: 'credential', password },
    });
    const visitor = new Visitor(world.origin, { 'x-test-client': `10.0.0.${n}` });
    await must(visitor.signIn(email));
    const socket = visitor.socket();
    people.push(new Person(id, visitor, socket, [id, email, ...groups], mayAssign));
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', reject);
      socket.connect();
    });
  }
  await Promise.all(FLOWS.map((flow) => must(admin.post(to.publish(), { document: documentOf(flow) }))));
}, 240_000);
afterAll(async () => {
  for (const { socket } of people) socket.disconnect();
  await world.close();
});

const runs: (StartedRun & { flow: (typeof FLOWS)[number] })[] = [];
async function startSome(): Promise<void> {
  for (let n = 0; n < TASKS; n++) {
    const flow = FLOWS[n % FLOWS.length]!;
    const request = { requestId: randomUUID(), input: { n } };
    const { body } = await must(admin.post<StartedRun>(to.startRun(flow.name), request));
    runs.push({ ...body, flow });
    if (n < KEPT) {
      const { workflowId } = body;
      const find = () => world.web.database.humanTask.findFirstOrThrow({ where: { workflowId } });
      kept.add((await eventually(find)).taskId);
    }
    await delay(40);
  }
}

/** What the run accepted, by the test's own count: whose decision counts in the end. */
async function acceptedBy(
  { workflowId, flow }: (typeof runs)[number],
  candidates: readonly string[]
): Promise<{ by: string; decision: string }[]> {
  const isInTurn = 'howMany' in flow && flow.howMany === 'inSequence';
  const history = await world.web.temporal.workflow.getHandle(workflowId).fetchHistory();
  let stands: { by: string; decision: string; names: readonly string[] }[] = [];
  for (const { name, argument, outcome } of readRecords(eventsFromHistory(history)).updates) {
    if (outcome === 'failed') continue;
    const { actor, decision = '', turn } = argument as { actor: Actor; decision?: string; turn?: number };
    const names = [...actor.groups, actor.id];
    if (name === TAKE_BACK_UPDATE) {
      expect(stands.map(({ by }) => by)).toContain(actor.id);
      stands = isInTurn ? stands.slice(0, -1) : stands.filter(({ by }) => by !== actor.id);
    }
    const isNext = isInTurn && turn === stands.length;
    const isRepeated = !isNext && stands.some((each) => each.by === actor.id && each.decision === decision);
    if (name !== APPROVAL_UPDATE || isRepeated) continue;
    // [FTY3]
    const asked = isInTurn ? [candidates[stands.length]!] : candidates;
    expect(asked.some((candidate) => names.includes(candidate))).toBe(true);
    stands.push({ by: actor.id, decision, names });
    // [FTY1]
    expect(stands.length).toBeLessThanOrEqual('howMany' in flow ? (flow.howMany === 2 ? 2 : 3) : 1);
  }
  return stands.map(({ by, decision }) => ({ by, decision }));
}

test(
  `[FTY1] [FTY2] [FTY3] [FTY4] [FTY5] [FTY6] [FTY7] fifty people, ${TASKS} tasks, seed ${SEED}`,
  { timeout: 300_000 },
  async () => {
    const started = startSome();
    const beganMs = Date.now();
    const isOver = () => {
      const passedMs = Date.now() - beganMs;
      return passedMs > MOST_BUSY_MS || (passedMs > BUSY_MS && isBusyEnough());
    };
    await Promise.all(
      people.map(async (person) => {
        person.stale();
        while (!isOver()) {
          await person.act();
          await delay(300 + random() * 1_000);
        }
      })
    );
    await started;
    expect(unusual).toEqual([]);
    // [FTY6]
    for (;;) {
      const { askedOfMe } = (await must(admin.get<InboxList>(to.inbox()))).body;
      if (askedOfMe.length === 0) break;
      for (const { taskId } of askedOfMe) {
        const { body } = await must(admin.get<InboxTaskDetail>(to.task(taskId)));
        for (const { id, mayAnswer } of body.questions)
          if (mayAnswer) await must(admin.post(to.answerQuestion(taskId, id), { text: 'Ours.' }));
      }
    }
    expect(questions).toBeGreaterThan(0);
    expect(await world.web.database.humanTask.count({ where: { settledAt: null, stoppedSince: { not: null } } })).toBe(
      0
    );
    const { database } = world.web;
    const tasksOf = (where: object) => database.humanTask.findMany({ where });

    // Whoever is asked last by name decides first for their group.
    const boss = people[48]!;
    const bosses = await tasksOf({ flow: 'boss-last', settledAt: null, voteCount: 0, taskId: { notIn: [...kept] } });
    for (const { taskId, dataHash } of bosses) {
      const body = { decisionId: randomUUID(), decision: 'approve', comment: '', dataHash, turn: 0 };
      const { atMs } = (await must(boss.visitor.post<DecisionReceipt>(to.decideTask(taskId), body))).body;
      did.push({ by: boss.id, taskId, what: 'decide', atMs });
    }
    const operator = people[0]!.visitor;
    let asksOthers = 0;

    // What is left is decided by whoever may, without second thoughts.
    await eventually(async () => {
      const open = await tasksOf({ settledAt: null, taskId: { notIn: [...kept] } });
      const finish = async ({ taskId, dataHash, claimedById, howMany, asked, candidates, votes }: HumanTask) => {
        // [FTY7]
        const { nobody, task } = (await must(operator.get<InboxTaskDetail>(to.task(taskId)))).body;
        if (nobody && !task.settled) {
          const others = (await must(operator.get<CandidateList>(to.candidates(taskId)))).body.people;
          const given = others.find(({ id }) => people.some((each) => each.id === id))!.id;
          const from = task.claim?.id ?? null;
          const { status } = await operator.post(to.assignTask(taskId), { from, to: given });
          if (status !== 200) return;
          did.push({ by: 'p0', taskId, what: 'move', from, to: given });
          asksOthers++;
        }
        const voted = ((votes ?? []) as unknown as Vote[]).map(({ byId }) => byId);
        const names = howMany === null ? (claimedById ? [claimedById] : candidates) : asked;
        const isNamed = ({ names: [, email] }: Person) => howMany === 'inSequence' && asked.includes(email!);
        const mayDecide = (who: Person) =>
          (!voted.includes(who.id) || isNamed(who)) && who.names.some((name) => names.includes(name));
        const person = people.find(mayDecide);
        const turn = howMany === 'inSequence' ? { turn: voted.length } : {};
        const body = { decisionId: randomUUID(), decision: 'approve', comment: '', dataHash, ...turn };
        const answer = await person?.visitor.post<DecisionReceipt>(to.decideTask(taskId), body);
        if (person && answer?.status === 200)
          did.push({ by: person.id, taskId, what: 'decide', atMs: answer.body.atMs });
      };
      await Promise.all(open.map(finish));
      const left = await tasksOf({ settledAt: null, taskId: { notIn: [...kept] } });
      const shown = left.map(({ flow, candidates, asked, votes }) => {
        const by = ((votes ?? []) as unknown as Vote[]).map(({ byId }) => byId);
        return `${flow} ${candidates.join()} asks ${asked.join()} voted ${by.join()}`;
      });
      expect(shown).toEqual([]);
      expect(await database.humanTask.count({ where: { goesOnAt: { not: null } } })).toBe(0);
    }, 60_000);

    // [FTY5]
    await eventually(async () => {
      const { count } = await world.web.temporal.workflowService.countWorkflowExecutions({
        namespace: world.web.config.namespace,
        query: "ExecutionStatus = 'Running'",
      });
      expect(Number(count)).toBe(KEPT);
    });

    // [FTY1]
    const rows = new Map((await tasksOf({})).map((row) => [row.workflowId, row]));
    expect(rows.size).toBe(TASKS);
    let takeBacks = 0;
    let twice = 0;
    for (const run of runs) {
      const row = rows.get(run.workflowId)!;
      const accepted = await acceptedBy(run, row.candidates);
      const own = did.filter(({ taskId }) => taskId === row.taskId);
      const stands = people.flatMap(({ id }) => {
        const mine = own.filter(({ by }) => by === id);
        const decided = new Set(mine.filter(({ what }) => what === 'decide').map(({ atMs }) => atMs)).size;
        const back = mine.filter(({ what }) => what === 'takeBack').length;
        takeBacks += back;
        return decided === back ? [] : [[id, decided - back] as const];
      });
      const acceptedOf = (id: string) => accepted.filter(({ by }) => by === id).length;
      expect(new Map(stands), run.workflowId).toEqual(new Map(accepted.map(({ by }) => [by, acceptedOf(by)])));
      twice += accepted.length - new Set(accepted.map(({ by }) => by)).size;
      const votes = (row.votes ?? []) as unknown as Vote[];
      if (row.howMany !== null) expect(votes.map(({ byId: by, decision }) => ({ by, decision }))).toEqual(accepted);
      else if (!kept.has(row.taskId)) {
        expect(row.decidedById).toBe(accepted[0]!.by);
        expect(row.outcome).toBe(accepted[0]!.decision === 'approve' ? 'approved' : 'rejected');
      }
    }

    // [FTY2]
    const hands = await database.$queryRaw<{ task_id: string; before: string | null; after: string | null }[]>`
    SELECT * FROM app.hands`;
    // Whoever votes has nothing left to do, and holds the task no more.
    const released = did.flatMap(({ what, by, taskId }) =>
      what === 'decide' ? [{ what: 'move', taskId, from: by, to: null }] : []
    );
    const moves = [...did.filter(({ what }) => what === 'move'), ...released];
    for (const { task_id: taskId, before, after } of hands) {
      const at = moves.findIndex((move) => move.taskId === taskId && move.from === before && move.to === after);
      expect(at, `${taskId}: from ${before} to ${after}, which nobody asked for`).toBeGreaterThanOrEqual(0);
      moves.splice(at, 1);
    }
    // It was as busy as it should be.
    const busy = { hands: hands.length >= 30, takeBacks: takeBacks >= 4, twice: twice > 0, asksOthers: asksOthers > 0 };
    expect(busy).toEqual({ hands: true, takeBacks: true, twice: true, asksOthers: true });

    // [FTY4]
    const shown = (tasks: readonly InboxTask[]) =>
      tasks.map(({ taskId, claim, votes, mine }) => [taskId, claim?.id ?? null, votes.length, mine]);
    await eventually(async () => {
      for (const { visitor, tasks } of people) {
        const { body } = await must(visitor.get<InboxList>(to.inbox('view=waiting&limit=200')));
        expect(shown(tasks)).toEqual(shown(body.tasks));
      }
    });
  }
);
