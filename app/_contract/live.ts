/**
 * What goes over the socket. A watcher joins a run and gets either a snapshot or the deltas since its token; then deltas.
 *
 * Rules
 * - `seq` of one stream rises by one a delta. A browser that sees another one watches again with its last token.
 * - Events are appended, each id once; pending state, nodes and summary are replaced whole.
 * - The token covers all three inputs. It is opaque; another server process understands it too.
 */
import type { NodesReport } from '@/engine/saga/contract';
import type { PendingActivityView, RunEvent, RunFacts } from '@/engine/run-view/model';
import type { AppFailure } from './errors';
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
  /** The upstream was lost or came back; the last data stays. */
  upstream?: UpstreamState;
}
export type UpstreamState = 'live' | 'engineAway';

export interface WatchRequest {
  workflowId: string;
  runId: string;
  /** From the snapshot or the last delta; null asks for everything. */
  token: string | null;
}
export type WatchAnswer =
  | { kind: 'snapshot'; seq: number; live: RunLive; upstream: UpstreamState }
  | { kind: 'resumed'; seq: number; delta: RunDelta }
  | { kind: 'refused'; error: AppFailure };

/** Lists that a hint makes stale; the browser asks again (debounced), the server pushes no rows. */
export type Topic = 'runs' | 'inbox' | 'flows' | 'people';

/** What the web found when it asked what it rests on. Sent to each socket that connects, and whenever it changes. */
export type Parts = Pick<Health, 'database' | 'engine'>;

export interface ServerToBrowser {
  parts: (parts: Parts) => void;
  runDelta: (delta: RunDelta) => void;
  invalidate: (message: { topics: Topic[] }) => void;
  /** The session ended: the browser goes to the sign-in page and comes back. */
  signedOut: () => void;
}
export interface BrowserToServer {
  watchRun: (request: WatchRequest, answer: (answer: WatchAnswer) => void) => void;
  unwatchRun: (request: { workflowId: string; runId: string }) => void;
}

/** What the live sign says. `away` names what is missing when the socket itself is up. */
export interface LinkState {
  link: 'connecting' | 'live' | 'cut';
  upstream: UpstreamState;
  /** As they were when the web last said so. */
  parts: Parts;
  /** When the last message or answer arrived; while a part is away, when that was heard. */
  lastHeardMs: number | null;
}

/** Answer of `/api/health`: 200 when this process serves, whatever is away. */
export interface Health {
  ok: true;
  /** `cannotWrite`: it answers, and has no room or its disk fails. */
  database: 'up' | 'away' | 'cannotWrite';
  /** With which PostgreSQL refused, where it answered at all: 53100 is a full disk. */
  sqlState?: string;
  engine: 'up' | 'away';
  version: string;
}
