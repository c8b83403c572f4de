/**
 * The run of a history from a file, in the form that every part of a run's page uses. Pure.
 *
 * [OHI2] It is the run after its last event, as the slider of a run's page shows it: what no event tells is not known.
 * [OHI3] A history that the flow of here cannot be read with is shown without its drawing, and that is said.
 */
import { standingOf } from '@/app/_contract/run-standing';
import type { RunDetail, RunLive, RunStatus, RunSummary } from '@/app/_contract/runs';
import { blankManifest } from '@/components/runs/blank-manifest';
import type { RunView } from '@/components/runs/run-view';
import type { FlowManifest } from '@/engine/flow/manifest';
import type { HistoryFile } from '@/engine/run-view/history-file';
import type { RunFacts } from '@/engine/run-view/model';
import { Moments, type Moment } from '@/engine/run-view/moments';
import { fieldValue, writtenAttributes } from '@/engine/run-view/searchable';
import { SAGA_PHASE, SAGA_STANDING, type SagaPhase } from '@/engine/saga/contract';

export const IS_FILE = 'This is a file and not a live run: nothing can be done to it.';
const UNREADABLE = 'The flow of this name here does not fit the history, so there is no drawing.';

export interface FileView {
  view: RunView;
  /** Why there is no drawing although the flow is known; null otherwise. */
  misfit: string | null;
}

/** `manifest`: null for a workflow that is not a flow of here. Throws for a history that cannot be read at all. */
export function fileView(file: HistoryFile, manifest: FlowManifest | null): FileView {
  const blank = blankManifest(file.workflowType);
  const found = manifest ? momentOrNull(file, manifest) : null;
  const readBy = found ? manifest! : blank;
  const moment = found ?? momentOf(file, blank);
  return {
    view: viewOf(file, found ? manifest : null, readBy, moment),
    misfit: manifest && !found ? UNREADABLE : null,
  };
}

function momentOrNull(file: HistoryFile, manifest: FlowManifest): Moment | null {
  try {
    return momentOf(file, manifest);
  } catch {
    return null;
  }
}

function momentOf({ events }: HistoryFile, manifest: FlowManifest): Moment {
  const moments = new Moments();
  moments.update(events);
  const nowMs = events.at(-1)!.timeMs;
  const facts: RunFacts = { status: 'running', events, pending: [], nodes: null, workflowTask: null, nowMs };
  return moments.at(events.length, facts, manifest);
}

function viewOf(
  file: HistoryFile,
  manifest: FlowManifest | null,
  readBy: FlowManifest,
  { facts, projection }: Moment
): RunView {
  const { events, workflowId, runId, firstRunId, workflowType, taskQueue } = file;
  const { status, pending, nowMs } = facts;
  const { phase, standing } = reportOf(events, status, manifest ? projection.ledger.left : null);
  const summary: RunSummary = {
    workflowId,
    runId,
    firstRunId,
    workflowType,
    flow: manifest?.flow ?? null,
    version: manifest?.version ?? null,
    revision: manifest?.revision ?? null,
    status,
    standingState: standingOf(status, phase, standing),
    phase,
    standing,
    startMs: events[0]!.timeMs,
    closeMs: status === 'running' ? null : nowMs,
  };
  const live: RunLive = {
    summary,
    status,
    events,
    pending,
    nodes: null,
    nodesProblem: null,
    workflowTask: null,
    token: '',
    asOfMs: nowMs,
  };
  const start = events[0]!.attributes;
  const detail: RunDetail = {
    summary,
    manifest,
    taskQueue,
    memo: fieldsOf(start.memo, 'fields'),
    searchAttributes: fieldsOf(start.searchAttributes, 'indexedFields'),
    live,
    settlements: [],
    parent: null,
    handedOver: null,
    retention: null,
    may: { operate: false, decide: false, resolve: false, keep: false, delete: false },
  };
  return {
    detail,
    live,
    manifest,
    readBy,
    projection,
    away: null,
    blocked: IS_FILE,
    undecided: IS_FILE,
    mute: IS_FILE,
    past: IS_FILE,
    isFile: true,
  };
}

function fieldsOf(value: unknown, name: string): Record<string, unknown> {
  const fields = isFields(value) ? value[name] : null;
  return isFields(fields) ? fields : {};
}
const isFields = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const PHASES: readonly SagaPhase[] = ['unwinding', 'needs-hand', 'unwound', 'left-standing', 'counting'];

/**
 * [OHI4] What the run has said last of what remains, as a list has it. A run that completes says only what it was not
 * meant to leave; one that was ended before it could say anything is counted: `left`.
 */
export function reportOf(
  events: HistoryFile['events'],
  status: RunStatus,
  left: number | null
): { phase: SagaPhase | null; standing: number | null } {
  const written = writtenAttributes(events);
  const phase = PHASES.find((each) => each === fieldValue(written[SAGA_PHASE], 'Keyword')) ?? null;
  const said = fieldValue(written[SAGA_STANDING], 'Int');
  const isCounted = phase === null && ['failed', 'canceled', 'terminated', 'timedOut'].includes(status);
  return { phase, standing: typeof said === 'number' ? said : isCounted ? left : null };
}
