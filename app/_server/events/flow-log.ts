/**
 * Events of flows. Versions are in the engine, and many ways lead to a change of them (the designer, keys, agents, the
 * revision gate), so events are made of what the engine lists, compared with what it listed before: nothing is missed,
 * whoever changed it and whatever stopped in between.
 *
 * [EVT8] An event and the knowledge that it was made are one transaction, under the lock of one row, so every change makes
 *        one event, also with two web processes, and numbers become visible in their order. What was there before events
 *        were first made, makes none. A change that is taken back before it is seen makes none either.
 */
import { randomUUID } from 'node:crypto';
import type { EventKind } from '@/app/_contract/events';
import type { VersionMessage } from '@/engine/api/client';
import { isBuiltIn } from '@/engine/flow/built-in';
import type { Prisma } from '@/prisma/client/client';
import type { Web } from '../web';

type Known = Record<string, { revision: string; isRetired: boolean }>;

export async function noteFlowChanges({ database, versions }: Pick<Web, 'database' | 'versions'>): Promise<number> {
  return database.$transaction(async (rows) => {
    const [work] = await rows.$queryRaw<
      { known: Known | null }[]
    >`SELECT known_versions AS known FROM app.event_work WHERE id = 1 FOR UPDATE`;
    // Not before the lock: a list of before would take back what another process has noted since.
    const listed = (await versions.listVersions()).filter(({ flow }) => !isBuiltIn(flow));
    const known = work?.known ?? null;
    const events = known ? listed.toReversed().flatMap((version) => eventsOf(version, known)) : [];
    if (known && events.length === 0) return 0;
    for (const data of events) await rows.flowEvent.create({ data });
    const now: Known = Object.fromEntries(
      listed.map((version) => [nameOf(version), { revision: version.revision, isRetired: version.retiredMs > 0 }])
    );
    await rows.eventWork.update({ where: { id: 1 }, data: { knownVersions: now } });
    return events.length;
  });
}

const nameOf = ({ flow, version }: VersionMessage): string => `${flow}/${version}`;

function eventsOf(version: VersionMessage, known: Known): Prisma.FlowEventCreateInput[] {
  const { flow, revision, workflowType, title, createdBy, createdMs, retiredBy, retiredMs } = version;
  const before = Object.hasOwn(known, nameOf(version)) ? known[nameOf(version)] : undefined;
  const isRetired = retiredMs > 0;
  const of = (kind: EventKind, by: string, at: Date): Prisma.FlowEventCreateInput => ({
    id: randomUUID(),
    kind,
    flow,
    version: version.version,
    at,
    data: { revision, workflowType, title, by },
  });
  const now = new Date();
  return [
    ...(before ? [] : [of('flow.published', createdBy, new Date(createdMs))]),
    ...(before && before.revision !== revision ? [of('flow.revised', createdBy, now)] : []),
    ...(isRetired && !before?.isRetired ? [of('flow.retired', retiredBy, new Date(retiredMs))] : []),
    ...(before?.isRetired && !isRetired ? [of('flow.restored', '', now)] : []),
  ];
}
