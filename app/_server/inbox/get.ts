/** One task, open or settled; for an open task with the consequences of each answer,
 * and with the pause of its run. */
import type { Followed, InboxTaskDetail } from '@/app/_contract/inbox';
import { ledgerFrom, ledgerOf } from '@/engine/run-view/ledger';
import { readRecords } from '@/engine/run-view/records';
import type { HumanTask } from '@/prisma/client/client';
import { failureOf, Refusal } from '../failure';
import { demand, demandAnywhere, type Actor } from '../people/actor';
import { readPeople } from '../people/person';
import { settlementsOf } from '../runs/settlements';
import type { Web } from '../web';
import { consequencesOf } from './consequences';
import { readStandIns } from './delegate';
import { followedFrom } from './followed';
import { whyNobody } from './nobody';
import { questionOf, starterAsked } from './questions';
import { viewOf } from './view';

export async function getTask(
  web: Pick<Web, 'database' | 'catalogue' | 'config' | 'hub' | 'log' | 'readTasks' | 'temporal'>,
  actor: Actor,
  taskId: string
): Promise<InboxTaskDetail> {
  demandAnywhere(actor, 'inbox.get');
  const row = await web.database.humanTask.findUnique({
    where: { taskId },
    include: {
      events: { orderBy: { seq: 'asc' } },
      questions: { orderBy: [{ askedAt: 'asc' }, { id: 'asc' }] },
    },
  });
  if (!row || row.flow === '') throw new Refusal('taskNotFound', 'There is no such task.');
  demand(actor, 'inbox.get', row.flow);
  const task = viewOf(row, actor, await readStandIns(web, actor));
  const nothing = { consequences: null, consequencesProblem: null, pause: null, nobody: null };
  const asking = {
    questions: row.questions.map((each) => questionOf(each, row, actor)),
    mayAsk: false,
    starter: null,
    starterMissing: null,
  };
  if (row.settledAt) return { task, ...nothing, ...asking, followed: await followedOf(web, row) };
  const mayAsk = row.mayAsk && task.mine;
  const [ofRun, people, starter] = await Promise.all([
    readOfRun(web, row),
    readPeople(web, null),
    mayAsk ? starterAsked(web, row) : null,
  ]);
  return {
    task,
    ...asking,
    followed: null,
    ...ofRun,
    nobody: whyNobody(people, row),
    mayAsk,
    ...starterFor(actor, starter),
  };
}

function starterFor(
  { id: ownId }: Actor,
  starter: Awaited<ReturnType<typeof starterAsked>> | null
): Pick<InboxTaskDetail, 'starter' | 'starterMissing'> {
  if (!starter?.person) return { starter: null, starterMissing: starter?.whyNot ?? null };
  const { id, name } = starter.person;
  if (id === ownId) return { starter: null, starterMissing: 'You started this run yourself. Choose whom to ask.' };
  return { starter: { id, name }, starterMissing: null };
}

/** Null while the run cannot be read, and after it was deleted. */
export async function followedOf(
  web: Pick<Web, 'catalogue' | 'config' | 'database' | 'hub' | 'log' | 'readTasks'>,
  row: HumanTask
): Promise<Followed | null> {
  try {
    const version = await web.catalogue.contentOfType(row.workflowType);
    if (!version) return null;
    const runId = row.runId ?? row.firstRunId;
    web.readTasks.read(runId);
    const run = { workflowId: row.workflowId, runId };
    const [live, settlements] = await Promise.all([web.hub.read(run), settlementsOf(web, run)]);
    const beside = { pending: live.pending, settlements };
    const records = readRecords(live.events);
    const ledger = ledgerFrom(records, version.manifest, beside);
    return followedFrom(records, ledger, version.manifest, row.taskId, settlements);
  } catch (error) {
    web.log.debug({ failure: failureOf(error) }, 'what a decision did cannot be read now');
    return null;
  }
}

/**
 * A person who may decide can read the question also while the engine is away; the consequences are then missing,
 * with the reason.
 */
export async function readOfRun(
  web: Pick<Web, 'catalogue' | 'hub' | 'log' | 'readTasks'>,
  row: HumanTask
): Promise<Pick<InboxTaskDetail, 'consequences' | 'consequencesProblem' | 'pause'>> {
  const unknown = (consequencesProblem: string) => ({ consequences: null, consequencesProblem, pause: null });
  try {
    const version = await web.catalogue.contentOfType(row.workflowType);
    if (!version) return unknown('This is not a flow of this Backstitch.');
    const runId = row.runId ?? row.firstRunId;
    web.readTasks.read(runId);
    const live = await web.hub.read({ workflowId: row.workflowId, runId });
    const beside = { pending: live.pending, settlements: live.settlements ?? [] };
    const told = consequencesOf(version.manifest, ledgerOf(live.events, version.manifest, beside), row.nodeId);
    const { pause } = readRecords(live.events);
    return { consequences: told, consequencesProblem: told ? null : 'The flow has no such approval.', pause };
  } catch (error) {
    return unknown(failureOf(error, web.log).message);
  }
}
