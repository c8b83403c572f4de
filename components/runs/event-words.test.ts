import { describe, expect, test } from 'vitest';
import { manifestOf, orderDocument } from '@/engine/run-view/testing/order';
import { runs } from '@/engine/run-view/testing/runs';
import { eventLinesOf, filterOf } from './event-words';

const manifest = manifestOf(orderDocument);
const linesOf = (events: Parameters<typeof eventLinesOf>[0]) => eventLinesOf(events, manifest);

describe('what an event is about', () => {
  test('[REW1] every event of an activity names its step, or its undo', () => {
    const lines = linesOf(runs.unwinding().events);
    const about = (nodeId: string) => new Set(lines.filter((line) => line.nodeId === nodeId).map(({ what }) => what));
    expect(about('reserve-inventory')).toEqual(new Set(['Reserve inventory']));
    const charge = [...about('charge-payment')];
    expect(charge).toContain('Charge payment');
    expect(charge).toContain(manifest.nodes['charge-payment']!.undo!.title);
  });
  test('[REW2] a line about a failed activity quotes the failure and is marked', () => {
    const failed = linesOf(runs.unwinding().events).find(({ event }) => event.type === 'ActivityTaskFailed');
    expect(failed).toMatchObject({ trouble: true, nodeId: 'create-shipment' });
    expect(failed?.what).toMatch(/^Create shipment: ./);
  });
  test('[REW3] every event has one line, in the order of the history, whatever the workflow is', () => {
    const { events } = runs.completed();
    const foreign = eventLinesOf(events, { ...manifest, nodes: {} });
    expect(foreign.map(({ event }) => event.id)).toEqual(events.map(({ id }) => id));
    expect(foreign.every(({ nodeId }) => nodeId === null)).toBe(true);
  });
});

describe('the filter', () => {
  const lines = linesOf(runs.completed().events);
  const matching = (text: string) => lines.filter((line) => filterOf(text)?.(line) ?? true).length;
  test('[REW4] a regular expression matches id, type and words; an empty text matches all', () => {
    expect(matching('  ')).toBe(lines.length);
    expect(matching('^1 WorkflowExecutionStarted')).toBe(1);
    expect(matching('RESERVE')).toBeGreaterThan(2);
    expect(matching('reserve|charge')).toBeGreaterThan(matching('reserve'));
  });
  test('[REW5] a text that is not yet a regular expression is searched as plain text', () => {
    expect(matching('Activity(')).toBe(0);
    expect(matching('[')).toBe(0);
  });
});
