/** Rules SCV1 (stored-schedule.ts), and SCD1 (../schedules/described.ts). */
import { expect, test } from 'vitest';
import { defaultPayloadConverter } from '@temporalio/common';
import { toDuration } from '../proto-time';
import { STATUS } from '../run-name';
import { advance, closed, createSchedule, started, type PendingStart } from '../schedules/schedule';
import { canonicalSpec } from '../schedules/spec';
import { describedSpec } from '../schedules/described';
import { decodeSchedule, encodeSchedule } from './stored-schedule';
import { ScheduleTimes } from '../schedules/times';

const NOW = Date.parse('2026-01-01T00:00:30Z');
const payload = defaultPayloadConverter.toPayload('x');

function record() {
  const spec = canonicalSpec({ cronString: ['* * * * *'], jitter: toDuration(1_000) });
  const action = { startWorkflow: { workflowId: 'w', workflowType: { name: 't' }, memo: { fields: { payload } } } };
  const state = createSchedule('key', { spec, action }, NOW);
  const times = new ScheduleTimes(spec, 'seed');
  const start = (now: number): PendingStart => {
    advance(state, times, now);
    return state.pending[0]!;
  };
  const { workflowId, requestId } = start(NOW + 60_000);
  started(state, requestId, 'r', NOW + 60_000);
  closed(state, { workflowId, runId: 'r' }, { status: STATUS.completed, result: { payloads: [payload] } });
  start(NOW + 120_000);
  return {
    state,
    memo: { fields: { payload } },
    searchAttributes: { indexedFields: { Team: payload } },
    createRequestId: 'create',
    requestIds: ['one'],
  };
}

test('[SCV1] a schedule is read back as it was stored', () => {
  const stored = encodeSchedule(record());
  const read = decodeSchedule(stored);
  expect(Buffer.from(encodeSchedule(read)).toString()).toBe(Buffer.from(stored).toString());
  expect(read.state).toMatchObject({
    key: 'key',
    pending: [{ isTracked: true }],
    recent: [{ status: STATUS.completed }],
  });
  expect(read.state.definition.spec?.jitter?.seconds?.toNumber()).toBe(1);
  expect(read.state.lastResult?.payloads).toHaveLength(1);
});

test('[SCV1] version 1 is read for ever, and a version of a newer engine is refused', () => {
  const read = decodeSchedule(Buffer.from(JSON.stringify(VERSION_1)));
  expect(read).toMatchObject({ createRequestId: 'create', requestIds: ['one'], memo: { fields: {} } });
  expect(read.state.definition.action?.startWorkflow?.workflowType?.name).toBe('t');
  const newer = Buffer.from(JSON.stringify({ ...VERSION_1, version: 2 }));
  expect(() => decodeSchedule(newer)).toThrow('version 2');
});

test('[SCD1] a range is described with both ends and its step', () => {
  const spec = describedSpec(canonicalSpec({ calendar: [{ hour: '9', minute: '0-30/10' }] }));
  expect(spec.structuredCalendar?.[0]).toMatchObject({
    hour: [{ start: 9, end: 9, step: 1 }],
    minute: [{ start: 0, end: 30, step: 10 }],
    second: [{ start: 0, end: 0, step: 1 }],
  });
});

const VERSION_1 = {
  version: 1,
  createRequestId: 'create',
  requestIds: ['one'],
  state: {
    key: 'key',
    createdMs: 1767225630000,
    updatedMs: 0,
    conflictToken: 1,
    processedMs: 1767225660000,
    nextStart: 2,
    buffer: [],
    backfills: [],
    pending: [
      {
        nominalMs: 1767225660000,
        atMs: 1767225660000,
        overlap: 0,
        isManual: false,
        workflowId: 'w-2026-01-01T00:01:00Z',
        requestId: '52418474-a5bb-566d-9fc5-f06a90fd2275',
        isTracked: true,
      },
    ],
    running: [],
    recent: [],
    lastRefusal: null,
    counts: { actions: 0, missedCatchupWindow: 0, overlapSkipped: 0, bufferDropped: 0 },
  },
  definition: 'Chw6GgoAEgIQOxoCEBciBAgBEB8qBAgBEAw6AhAGEgoKCAoBdxIDCgF0GgkIARIFCIDnhA8iAA==',
  lastResult: null,
  lastFailure: null,
  memo: 'CigKB3BheWxvYWQSHQoWCghlbmNvZGluZxIKanNvbi9wbGFpbhIDIngi',
  searchAttributes: null,
};
