/** Why a run cannot continue on a revision, as a sentence about nodes of the flow. Pure. */
import type { HistoryEvent } from '../../history';
import { parseActivityId } from '../../run-view/activity-id';

export interface Conflict {
  eventId: number | null;
  nodeId: string | null;
  why: string;
}
export type Verdict = { holds: true } | ({ holds: false } & Conflict);

/** Titles by node id, of the revision that the run is on and of the one that is checked. */
export interface NodeTitles {
  before: Readonly<Record<string, string>>;
  after: Readonly<Record<string, string>>;
}

interface Request {
  nodeId: string;
  words: string;
}

/** `actual`: what the code requested instead (DeterminismViolation). */
export function nondeterminism(
  history: readonly HistoryEvent[],
  { eventId, actual }: { eventId: number; actual: string },
  titles: NodeTitles
): Conflict {
  const recorded = recordedRequest(
    history.find((event) => Number(event.eventId) === eventId),
    titles.before
  );
  const asked = requested(actual, titles.after);
  const nodeId = recorded?.nodeId ?? asked?.nodeId ?? null;
  return { eventId, nodeId, why: sentence(recorded, asked) };
}

/** True of one run and of many with the same conflict: the screen says it once for all of them. */
function sentence(recorded: Request | null, asked: Request | null): string {
  if (recorded && asked && recorded.nodeId === asked.nodeId && recorded.words === asked.words)
    return `The revision calls another operation for ${asked.words} than the history has.`;
  if (recorded && asked) return `The history has ${recorded.words}, where the revision runs ${asked.words}.`;
  if (recorded) return `The history has ${recorded.words}, which the revision does not run at this point.`;
  if (asked) return `The revision runs ${asked.words} at a point that the history has already passed.`;
  return 'The revision takes another way than the history.';
}

function recordedRequest(event: HistoryEvent | undefined, titles: NodeTitles['before']): Request | null {
  const id = event?.activityTaskScheduledEventAttributes?.activityId;
  return inWords(id ?? unquoted(Buffer.from(event?.userMetadata?.summary?.data ?? []).toString('utf8')), titles);
}

/** The title of a command, e.g. 'ScheduleActivityTask charge (http.request)' or 'StartTimer 1 ("deposit")'. */
function requested(title: string, titles: NodeTitles['after']): Request | null {
  const [, activityId, summary] = /^(?:ScheduleActivityTask (\S+) |StartTimer \S+ \((.+)\)$)/.exec(title) ?? [];
  return inWords(activityId ?? unquoted(summary ?? ''), titles);
}

const unquoted = (text: string): string => text.replace(/^"(.*)"$/, '$1');

function inWords(id: string, titles: Readonly<Record<string, string>>): Request | null {
  const parsed = parseActivityId(id);
  if (!parsed) return null;
  const { nodeId, role, path } = parsed;
  const item = path.length > 0 ? ` (item ${path.join('.')})` : '';
  const title = `'${titles[nodeId] ?? nodeId}'${item}`;
  return { nodeId, words: role === 'undo' ? `the undo of ${title}` : title };
}
