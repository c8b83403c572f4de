/**
 * The messages of the socket. A watcher joins a run and gets either a snapshot or the deltas since its token, and
 * then every new delta.
 *
 * Rules
 * - `seq` of a stream increases by one with each delta. A browser that receives another number watches again with its
 *   last token.
 * - Events are appended, each id once; pending state, nodes and summary are replaced whole.
 * - The token covers all three inputs. It is opaque, and every server process can read it.
 */
import type { NodesReport } from '@/engine/saga/contract';
import type { PendingActivityView, RunEvent, RunFacts } from '@/engine/run-view/model';
import type { AppFailure } from './errors';
import type { GateReport } from './gates';
import type { RunLive, RunSummary } from './runs';

export interface RunDelta {
  workflowId: string;
  runId: string;
  seq: number;
  token: string;
  asOfMs: number;
  /** Appended after the last event that the watcher has. */
  events?: RunEvent[];
  pending?: PendingActivityView[];
  workflowTask?: RunFacts['workflowTask'];
  nodes?: { report: NodesReport | null; problem: string | null };
  summary?: RunSummary;
  /** The upstream went away or came back; the last data remains. */
  upstream?: UpstreamState;
}
export type UpstreamState = 'live' | 'engineAway';

export interface WatchRequest {
  workflowId: string;
  runId: string;
  /** From the snapshot or the last delta; null requests everything. */
  token: string | null;
}
export type WatchAnswer =
  | { kind: 'snapshot'; seq: number; live: RunLive; upstream: UpstreamState }
  | { kind: 'resumed'; seq: number; delta: RunDelta }
  | { kind: 'refused'; error: AppFailure };

/** The topics whose lists are stale. The browser reads them again (debounced); the server sends no rows. */
export type Topic =
  'runs' | 'attention' | 'views' | 'schedules' | 'inbox' | 'flows' | 'people' | 'drafts' | 'events' | 'alerts';

/** A tab in which somebody has a draft open. */
export interface DraftVisitor {
  personId: string;
  name: string;
  tab: string;
  /** The step that is selected. */
  selected: string | null;
  /** The field that the person types in, as the browser names it. */
  typing: string | null;
}
export interface DraftWatch {
  id: string;
  tab: string;
}
export type DraftWatchAnswer =
  /** The tab is among `people` from now on. */
  { kind: 'watching'; number: number; people: DraftVisitor[] } | { kind: 'refused'; error: AppFailure };

export interface GateWatch {
  flow: string;
  /** Of a check of a revision. */
  id: string;
}
export type GateWatchAnswer =
  /** Until it has ended, changes of its report are sent from now on. */
  { kind: 'watching'; report: GateReport } | { kind: 'refused'; error: AppFailure };

/**
 * The state of the database and the engine as the web process found it. Sent to each new socket and after every
 * change.
 */
export type Parts = Pick<Health, 'database' | 'engine'>;

export interface ServerToBrowser {
  parts: (parts: Parts) => void;
  runDelta: (delta: RunDelta) => void;
  invalidate: (message: { topics: Topic[] }) => void;
  /** The number may have been announced before. The browser reads the gestures that it does not have. */
  draftChanged: (message: { id: string; number: number }) => void;
  /** Everybody who has the draft open, the receiver included; sent whole after every change. */
  draftPeople: (message: { id: string; people: DraftVisitor[] }) => void;
  /** The whole report of a check that the socket watches, after every change. */
  gateReport: (report: GateReport) => void;
  /** The check is not there any more: it was ended, or the engine was started again. */
  gateLost: (message: { id: string; error: AppFailure }) => void;
  /** The session ended: the browser goes to the sign-in page and returns after it. */
  signedOut: () => void;
}
export interface BrowserToServer {
  watchRun: (request: WatchRequest, answer: (answer: WatchAnswer) => void) => void;
  unwatchRun: (request: { workflowId: string; runId: string }) => void;
  watchDraft: (request: DraftWatch, answer: (answer: DraftWatchAnswer) => void) => void;
  unwatchDraft: (request: { id: string }) => void;
  watchGate: (request: GateWatch, answer: (answer: GateWatchAnswer) => void) => void;
  unwatchGate: (request: { id: string }) => void;
  /** Has no effect for a draft that this socket does not watch. */
  presentIn: (request: DraftWatch & Pick<DraftVisitor, 'selected' | 'typing'>) => void;
}

/** The state of the live sign. `away` names the part that is away while the socket itself is connected. */
export interface LinkState {
  link: 'connecting' | 'live' | 'cut';
  upstream: UpstreamState;
  /** The state in the last report of the web process. */
  parts: Parts;
  /** When the last message or answer arrived; while a part is away, when that was reported. */
  lastHeardMs: number | null;
}

/** Answer of `/api/health`: 200 if this process serves, whatever else is away. */
export interface Health {
  ok: true;
  /** `cannotWrite`: the database answers, but has no space left or its disk fails. */
  database: 'up' | 'away' | 'cannotWrite';
  /** The code with which PostgreSQL refused, if it answered: 53100 means a full disk. */
  sqlState?: string;
  engine: 'up' | 'away';
  version: string;
}
