/** What comes next for a subscription: the events that it asked for, after its cursor. */
import { comparePositions } from '@/engine/visibility/change';
import type { VersionMessage } from '@/engine/api/client';
import type { EventSubscription as Row } from '@/prisma/client/client';
import { unanswered } from '../engine';
import type { Web } from '../web';
import { flowEvent, runEvents, type Cursor, type Outgoing } from './event';

type Reader = Pick<Web, 'database' | 'config' | 'versions' | 'catalogue'>;
const PAGE = 500;

export interface Page {
  /** In the order of their delivery: those of flows, then those of runs. */
  events: Outgoing[];
  /** When all of them are delivered, the subscription goes on here. */
  through: Cursor;
  /** There are no more now. */
  isEnd: boolean;
  /** Changes of after the cursor were removed before they could be delivered. */
  isMissing: boolean;
}

export async function pageAfter(web: Reader, row: Pick<Row, 'flows' | 'kinds'>, cursor: Cursor): Promise<Page> {
  const { config, database, versions } = web;
  const isWanted = ({ kind, flow }: Outgoing) =>
    row.kinds.includes(kind) && (row.flows.length === 0 || (flow !== null && row.flows.includes(flow)));
  const rows = await database.flowEvent.findMany({
    where: { number: { gt: cursor.flowNumber } },
    orderBy: { number: 'asc' },
    take: PAGE,
  });
  const flowNumber = Number(rows.at(-1)?.number ?? cursor.flowNumber);
  const ofFlows = rows.map((each) => flowEvent(each, config.webUrl, cursor));
  const isEndOfFlows = rows.length < PAGE;
  const position = { epoch: cursor.epoch, number: cursor.number };
  if (config.foreignCluster)
    return {
      events: ofFlows.filter(isWanted),
      through: { ...position, flowNumber },
      isEnd: isEndOfFlows,
      isMissing: false,
    };
  const request = { namespace: config.namespace, after: position, limit: PAGE };
  const { changes, through, removed, isEnd } = await versions.listChanges(request).catch(unanswered);
  const versionOf = await versionsOf(
    web,
    changes.map(({ workflowType }) => workflowType)
  );
  const ofRuns = changes.flatMap((change) =>
    runEvents(change, versionOf(change.workflowType), config.webUrl, flowNumber)
  );
  const next = through && comparePositions(through, position) > 0 ? through : position;
  return {
    events: [...ofFlows, ...ofRuns].filter(isWanted),
    through: { epoch: next.epoch, number: next.number, flowNumber },
    isEnd: isEndOfFlows && isEnd,
    isMissing: removed !== null && removed !== undefined && comparePositions(removed, position) > 0,
  };
}

/** Throws while the engine is away: an event must not lose its flow, by which it is filtered. */
async function versionsOf({ catalogue }: Reader, types: readonly string[]) {
  if (types.length === 0) return () => null;
  const find = (listed: readonly VersionMessage[], type: string) =>
    listed.find(({ workflowType }) => workflowType === type) ?? null;
  let listed = await catalogue.list();
  if (types.some((type) => !find(listed, type))) {
    // It may have been published a moment ago.
    catalogue.changed();
    listed = await catalogue.list();
  }
  return (type: string) => find(listed, type);
}
