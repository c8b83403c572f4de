/** Lists and counts of schedules: all of them are in memory. */
import Long from 'long';
import { toTimestamp } from '../../proto-time';
import type { temporal } from '../../proto';
import { STATUS } from '../../run-name';
import * as core from '../../schedules/schedule';
import { describedSpec } from '../../schedules/described';
import type { NamespaceRecord } from '../../store/port';
import { isOfType } from '../../visibility/attributes';
import { InvalidQuery, SYSTEM_ATTRIBUTES, valueOf } from '../../visibility/fields';
import { matches } from '../../visibility/matches';
import { parseListQuery, type ListFilter } from '../../visibility/parse';
import type { Filter, SearchAttributeValue, VisibilityRecord } from '../../visibility/record';
import { readPayload } from '../../flow/values/json';
import { mayForType } from '../../permissions/permissions';
import { scheduledType } from '../access';
import { invalid } from '../errors';
import type { Schedule } from '../schedules';
import { namespaceOf, type Caller, type Frontend } from './context';
import type { workflowservice } from './requests';
import { recentActions } from './schedules';
import { attributePayload } from './visibility';
import { SEARCH_ATTRIBUTES } from './namespaces';

const MAX_PAGE = 1_000;
/** As a Temporal server keeps them for lists. */
const [FUTURE_TIMES, RECENT, SPEC_PARTS] = [5, 5, 10];
const PAUSED = 'TemporalSchedulePaused';
const SCHEDULE_ID = 'ScheduleId';
const KEYWORD = 2;

export async function list(
  frontend: Frontend,
  request: workflowservice.IListSchedulesRequest,
  caller: Caller
): Promise<workflowservice.IListSchedulesResponse> {
  const { found, groupBy } = await matching(frontend, request, caller);
  if (groupBy) throw invalid('query', 'GROUP BY is for counts only');
  const after = readToken(request.nextPageToken);
  const size = request.maximumPageSize ?? 0;
  const limit = size > 0 ? Math.min(size, MAX_PAGE) : MAX_PAGE;
  const left = found.filter(({ schedule }) => !after || order(after, placeOf(schedule)) < 0);
  const page = left.slice(0, limit);
  const last = page.at(-1);
  return {
    schedules: page.map(({ schedule }) => entryOf(schedule)),
    nextPageToken:
      last && left.length > page.length
        ? new TextEncoder().encode(JSON.stringify(placeOf(last.schedule)))
        : new Uint8Array(),
  };
}

export async function count(
  frontend: Frontend,
  request: workflowservice.ICountSchedulesRequest,
  caller: Caller
): Promise<workflowservice.ICountSchedulesResponse> {
  const { found, groupBy, namespace } = await matching(frontend, request, caller);
  const total = { count: Long.fromNumber(found.length) };
  if (!groupBy) return total;
  const groups = new Map<string, { value: SearchAttributeValue | null; count: number }>();
  for (const { row } of found) {
    const value = valueOf(row, groupBy);
    const group = groups.get(JSON.stringify(value)) ?? { value, count: 0 };
    group.count++;
    groups.set(JSON.stringify(value), group);
  }
  return {
    ...total,
    groups: [...groups.values()].map((group) => ({
      count: Long.fromNumber(group.count),
      groupValues:
        group.value === null ? [] : [attributePayload(group.value, namespace.searchAttributes[groupBy] ?? KEYWORD)],
    })),
  };
}

interface Found {
  schedule: Schedule;
  /** By which it is filtered. */
  row: VisibilityRecord;
}

/** The newest first. Those of other flows are not listed for a caller with roles for some flows. */
async function matching(
  frontend: Frontend,
  request: { namespace?: string | null; query?: string | null },
  caller: Caller
): Promise<{ found: Found[]; groupBy: string | null; namespace: NamespaceRecord }> {
  const namespace = namespaceOf(frontend, request.namespace);
  const { filter, groupBy } = readQuery(request.query ?? '', namespace);
  const found = (await frontend.schedules.all(namespace.name))
    .filter(({ record }) => mayForType(caller, 'schedules.list', scheduledType(frontend, record.state.definition)))
    .map((schedule) => ({ schedule, row: rowOf(schedule, namespace) }))
    .filter(({ row }) => !filter || matches(filter, row))
    .sort((one, other) => order(placeOf(one.schedule), placeOf(other.schedule)));
  return { found, groupBy, namespace };
}

/** By custom search attributes, `ScheduleId` and `TemporalSchedulePaused` (service/worker/scheduler/query.go). */
function readQuery(query: string, { searchAttributes }: NamespaceRecord): ListFilter {
  const custom = Object.entries(searchAttributes).filter(
    ([name]) => name === PAUSED || !Object.hasOwn(SEARCH_ATTRIBUTES, name)
  );
  let read: ListFilter;
  try {
    read = parseListQuery(query, { ...Object.fromEntries(custom), [SCHEDULE_ID]: KEYWORD });
  } catch (error) {
    throw error instanceof InvalidQuery ? invalid('query', error.message) : error;
  }
  const ofRuns = [...fieldsOf(read.filter), read.groupBy].find(
    (name) => name && Object.hasOwn(SYSTEM_ATTRIBUTES, name)
  );
  if (ofRuns) throw invalid('query', `invalid query filter for schedules: cannot filter on '${ofRuns}'`);
  return read;
}

function fieldsOf(filter: Filter | null): string[] {
  if (!filter) return [];
  if (filter.op === 'not') return fieldsOf(filter.of);
  if (filter.op === 'and' || filter.op === 'or') return filter.of.flatMap(fieldsOf);
  return 'field' in filter ? [filter.field] : [];
}

function rowOf({ address, record }: Schedule, { searchAttributes: registered }: NamespaceRecord): VisibilityRecord {
  const { state, searchAttributes } = record;
  const values: Record<string, SearchAttributeValue> = {
    [SCHEDULE_ID]: address.scheduleId,
    [PAUSED]: state.definition.state?.paused ?? false,
  };
  for (const [name, payload] of Object.entries(searchAttributes?.indexedFields ?? {})) {
    const value: unknown = payload.data?.length ? readPayload(new TextDecoder().decode(payload.data)) : null;
    if (value !== null && Object.hasOwn(registered, name) && isOfType(value, registered[name]!))
      values[name] = value as SearchAttributeValue;
  }
  return {
    runKey: 0,
    namespace: address.namespace,
    workflowId: '',
    runId: '',
    firstRunId: '',
    workflowType: '',
    taskQueue: '',
    status: STATUS.running,
    startTime: state.createdMs,
    executionTime: state.createdMs,
    closeTime: null,
    historyLength: 0,
    historySizeBytes: null,
    stateTransitions: null,
    parent: null,
    root: null,
    searchAttributes: values,
    memo: new Uint8Array(),
  };
}

function entryOf({ address, record, times, problem }: Schedule): temporal.api.schedule.v1.IScheduleListEntry {
  const { state, memo, searchAttributes } = record;
  const { spec, action, state: own } = state.definition;
  const { structuredCalendar, interval, excludeStructuredCalendar, ...rest } = describedSpec(spec ?? {});
  return {
    scheduleId: address.scheduleId,
    memo,
    searchAttributes,
    info: {
      spec: {
        ...rest,
        structuredCalendar: structuredCalendar?.slice(0, SPEC_PARTS),
        interval: interval?.slice(0, SPEC_PARTS),
        excludeStructuredCalendar: excludeStructuredCalendar?.slice(0, SPEC_PARTS),
      },
      workflowType: action?.startWorkflow?.workflowType,
      notes: own?.notes,
      paused: own?.paused,
      recentActions: recentActions(state).slice(-RECENT),
      futureActionTimes: problem === null ? core.futureTimes(state, times, FUTURE_TIMES).map(toTimestamp) : [],
    },
  };
}

/** Of a schedule in a list, and of a page in its token. */
interface Place {
  createdMs: number;
  scheduleId: string;
}
const placeOf = ({ address, record }: Schedule): Place => ({
  createdMs: record.state.createdMs,
  scheduleId: address.scheduleId,
});
/** Negative if the first comes first. */
const order = (one: Place, other: Place): number =>
  other.createdMs - one.createdMs ||
  (one.scheduleId < other.scheduleId ? -1 : one.scheduleId > other.scheduleId ? 1 : 0);

function readToken(bytes: Uint8Array | null | undefined): Place | null {
  if (!bytes?.length) return null;
  try {
    const { createdMs, scheduleId } = readPayload(new TextDecoder().decode(bytes)) as Partial<Place>;
    if (Number.isSafeInteger(createdMs) && typeof scheduleId === 'string') return { createdMs: createdMs!, scheduleId };
  } catch {
    // It was not made here; it is refused below.
  }
  throw invalid('next_page_token', 'is not a token of this engine');
}
