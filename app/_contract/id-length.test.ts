/** [NL] Names and ids have one limit of length, at every entry. */
import { expect, test } from 'vitest';
import { runsQuerySchema, signalRunSchema, startRunSchema } from './runs';
import { toPart } from './address-part';
import { partsOf } from '@/app/_server/http/parts';
import { requireId } from '@/engine/service/frontend/context';
import { LONGEST_ID, nameProblem } from '@/engine/plain-text';

const requestId = 'b3b0cf30-5bd8-4c2b-9d4a-0d4f6d1fbd49';
const taken = (work: () => unknown) => {
  try {
    work();
    return true;
  } catch {
    return false;
  }
};

test.each<[door: string, takes: (id: string) => boolean]>([
  ['the rule', (id) => nameProblem(id) === null],
  ['gRPC', (id) => taken(() => requireId('workflow_id', id))],
  ['an address', (id) => taken(() => partsOf({ workflowId: toPart(id) }))],
  ['a start', (id) => startRunSchema.safeParse({ requestId, workflowId: id, input: {} }).success],
  ['a filter of runs', (id) => runsQuerySchema.safeParse({ id }).success],
  ['a signal', (id) => signalRunSchema.safeParse({ requestId, name: id, input: {} }).success],
])('[NL1] %s accepts an id of the greatest length and refuses a longer one', (_door, takes) => {
  expect([takes('x'.repeat(LONGEST_ID)), takes('x'.repeat(LONGEST_ID + 1))]).toEqual([true, false]);
});
