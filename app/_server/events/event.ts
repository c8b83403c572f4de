/**
 * An event as other systems get it: CloudEvents 1.0, structured JSON. Pure.
 *
 * Rules
 * [EVT1] An event has names, states, counts and a link, and no value of a run.
 * [EVT2] Its id is made of what happened, so every delivery of it has the same one, also after a replay. It contains the
 *        place and the time of the change: after a restore of an older database another change has another id.
 * [EVT3] `sequence` grows from event to event of the same origin (runs, flows), compared as text.
 */
import { createHash } from 'node:crypto';
import type { EventKind } from '@/app/_contract/events';
import { pages } from '@/app/_contract/routes';
import type { RunStatus } from '@/app/_contract/runs';
import type { RunChangeMessage, VersionMessage } from '@/engine/api/client';
import { readPayload } from '@/engine/flow/values/json';
import type { ToldState } from '@/engine/visibility/change';
import type { FlowEvent } from '@/prisma/client/client';
import { statusOf } from '../runs/summary';

export interface CloudEvent {
  specversion: '1.0';
  id: string;
  source: string;
  /** 'backstitch.run.closed' */
  type: string;
  /** The workflow id of a run, or the name of a flow. */
  subject: string;
  time: string;
  sequence: string;
  datacontenttype: 'application/json';
  data: RunData | FlowData | TestData;
}
export interface RunData {
  workflowId: string;
  runId: string;
  /** The page of the run. */
  url: string;
  /** Null: of no flow of this Backstitch. */
  flow: string | null;
  version: number | null;
  workflowType: string;
  status: RunStatus;
  isPaused: boolean;
  /** An operator must decide: an undo failed, an outcome is unknown, or the code of the flow fails. */
  needsOperator: boolean;
  /** Steps at which it waits for a person, or for a time. */
  waitsAt: string[];
  retriesAt: string[];
  /** Of a failed run. */
  failedAt: string | null;
  /** Names of errors, of `retriesAt` or `failedAt`. */
  errors: string[];
  /** Effects that remain, or may remain; null: they are being counted. */
  effectsRemaining: number | null;
  historyLength: number;
}
export interface FlowData {
  flow: string;
  version: number;
  revision: string;
  workflowType: string;
  title: string;
  /** The page of the version. */
  url: string;
  by: string;
}
export interface TestData {
  message: string;
}

/** Where a subscription goes on. */
export interface Cursor {
  epoch: number;
  number: number;
  flowNumber: number;
}
/** An event with what is known of it here. */
export interface Outgoing {
  kind: EventKind;
  flow: string | null;
  run: { workflowId: string; runId: string } | null;
  atMs: number;
  /** When it was delivered, the subscription goes on here. */
  after: Cursor;
  event: CloudEvent;
}

/** Two for a run that starts and closes at once. `version`: null for a run of no flow. */
export function runEvents(
  change: RunChangeMessage,
  version: Pick<VersionMessage, 'flow' | 'version'> | null,
  webUrl: URL,
  flowNumber: number
): Outgoing[] {
  const { position, starts, closes, workflowId, runId, workflowType, historyLength, atMs } = change;
  const { epoch, number } = position ?? { epoch: 0, number: 0 };
  const told = readPayload(change.toldJson) as ToldState;
  const kinds = [
    ...(starts ? (['run.started'] as const) : []),
    ...(closes ? (['run.closed'] as const) : []),
    ...(starts || closes ? [] : (['run.changed'] as const)),
  ];
  const data: RunData = {
    workflowId,
    runId,
    url: new URL(pages.run(workflowId, runId), webUrl).href,
    flow: version?.flow ?? null,
    version: version?.version ?? null,
    workflowType,
    status: statusOf(change.status),
    isPaused: told.paused ?? false,
    needsOperator: told.phase === 'needs-hand',
    waitsAt: told.waitsAt ?? [],
    retriesAt: told.retriesAt ?? [],
    failedAt: told.failedAt ?? null,
    errors: told.errors ?? [],
    effectsRemaining: told.phase === 'counting' ? null : (told.remaining ?? 0),
    historyLength,
  };
  return kinds.map((kind, index) => ({
    kind,
    flow: data.flow,
    run: { workflowId, runId },
    atMs,
    // Of two, the first leaves the cursor before the change.
    after: { epoch, number: index < kinds.length - 1 ? number - 1 : number, flowNumber },
    event: {
      specversion: '1.0',
      id: idOf([kind, epoch, number, runId, historyLength, atMs]),
      source: webUrl.href,
      type: `backstitch.${kind}`,
      subject: workflowId,
      time: new Date(atMs).toISOString(),
      sequence: `${padded(epoch)}.${padded(number)}.${index}`,
      datacontenttype: 'application/json',
      data,
    },
  }));
}

export function flowEvent(row: FlowEvent, webUrl: URL, cursor: Cursor): Outgoing {
  const { id, flow, version, at } = row;
  const { revision, workflowType, title, by } = row.data as unknown as Omit<FlowData, 'flow' | 'version' | 'url'>;
  const kind = row.kind as EventKind;
  const number = Number(row.number);
  return {
    kind,
    flow,
    run: null,
    atMs: at.getTime(),
    after: { ...cursor, flowNumber: number },
    event: {
      specversion: '1.0',
      id: idOf([kind, id]),
      source: webUrl.href,
      type: `backstitch.${kind}`,
      subject: flow,
      time: at.toISOString(),
      sequence: padded(number),
      datacontenttype: 'application/json',
      data: {
        flow,
        version,
        revision,
        workflowType,
        title,
        url: new URL(pages.flow(flow, version), webUrl).href,
        by,
      },
    },
  };
}

export function testEvent(id: string, title: string, webUrl: URL, atMs: number): CloudEvent {
  return {
    specversion: '1.0',
    id: idOf(['test', id]),
    source: webUrl.href,
    type: 'backstitch.test',
    subject: title,
    time: new Date(atMs).toISOString(),
    sequence: padded(0),
    datacontenttype: 'application/json',
    data: { message: 'Sent by hand. Nothing happened.' },
  };
}

const idOf = (parts: readonly (string | number)[]): string =>
  `evt_${createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 40)}`;
const padded = (number: number): string => String(number).padStart(16, '0');
