/**
 * A schedule as it is stored: JSON with a version, in which protobuf messages are base64.
 *
 * Rules
 * [SCV1] Every version that was released is read; the newest is written. A newer one is refused, because writing it
 *        back would lose its data.
 */
import { readPayload } from '../flow/values/json';
import { temporal } from '../proto';
import type { ScheduleState } from '../schedules/schedule';

const { Schedule } = temporal.api.schedule.v1;
const { Memo, Payloads, SearchAttributes } = temporal.api.common.v1;
const { Failure } = temporal.api.failure.v1;

const VERSION = 1;

export interface ScheduleRecord {
  state: ScheduleState;
  /** Of the schedule itself; those of its runs are in its action. */
  memo: temporal.api.common.v1.IMemo | null;
  /** With the types of their values in the metadata. */
  searchAttributes: temporal.api.common.v1.ISearchAttributes | null;
  createRequestId: string;
  /** Of the last changes, so that one that is asked for twice is made once. */
  requestIds: string[];
}

interface Codec<T> {
  encode(message: T): { finish(): Uint8Array };
  decode(bytes: Uint8Array): T;
}

const write = <T>(codec: Codec<T>, message: T | null): string | null =>
  message && Buffer.from(codec.encode(message).finish()).toString('base64');
const read = <T>(codec: Codec<T>, text: string | null): T | null =>
  text === null ? null : codec.decode(Buffer.from(text, 'base64'));

type Stored = Omit<ScheduleRecord, 'state' | 'memo' | 'searchAttributes'> & {
  version: typeof VERSION;
  state: Omit<ScheduleState, 'definition' | 'lastResult' | 'lastFailure'>;
  definition: string;
  lastResult: string | null;
  lastFailure: string | null;
  memo: string | null;
  searchAttributes: string | null;
};

export function encodeSchedule({ state, memo, searchAttributes, ...others }: ScheduleRecord): Uint8Array {
  const { definition, lastResult, lastFailure, ...plain } = state;
  const stored: Stored = {
    version: VERSION,
    ...others,
    state: plain,
    definition: write(Schedule, definition)!,
    lastResult: write(Payloads, lastResult),
    lastFailure: write(Failure, lastFailure),
    memo: write(Memo, memo),
    searchAttributes: write(SearchAttributes, searchAttributes),
  };
  return new TextEncoder().encode(JSON.stringify(stored));
}

export function decodeSchedule(bytes: Uint8Array): ScheduleRecord {
  const { version, ...stored } = readPayload(new TextDecoder().decode(bytes)) as Stored;
  if (version !== VERSION) throw new Error(`the schedule is stored in version ${String(version)}, which is not known`);
  const { state, definition, lastResult, lastFailure, memo, searchAttributes, ...others } = stored;
  return {
    ...others,
    state: {
      ...state,
      definition: read(Schedule, definition)!,
      lastResult: read(Payloads, lastResult),
      lastFailure: read(Failure, lastFailure),
    },
    memo: read(Memo, memo),
    searchAttributes: read(SearchAttributes, searchAttributes),
  };
}
