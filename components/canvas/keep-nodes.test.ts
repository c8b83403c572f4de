import { describe, expect, it } from 'vitest';
import { nodeKeeper } from './keep-nodes';

const select = () => undefined;
const nodes = (selected: string, states: Record<string, string> = {}) =>
  Array.from({ length: 300 }, (_, index) => {
    const id = `n${index}`;
    const view = { state: states[id] ?? 'done', failure: null, attempts: [{ startedMs: index }] };
    const data = { view, selected: id === selected, onSelect: select };
    return { id, type: 'card', position: { x: index * 264, y: 0 }, width: 208, height: 80, data };
  });
const changed = (before: readonly object[], after: readonly { id: string }[]) =>
  after.filter((node, index) => node !== before[index]).map((node) => node.id);

describe('nodes of the canvas', () => {
  it('[KN1] a selection recreates two of 300 nodes: the old selection and the new one', () => {
    const keep = nodeKeeper();
    const before = keep(nodes('n1'));
    expect(changed(before, keep(nodes('n7')))).toEqual(['n1', 'n7']);
  });
  it('[KN2] a change of one step recreates one node, although every view is recreated', () => {
    const keep = nodeKeeper();
    const before = keep(nodes('n1'));
    expect(changed(before, keep(nodes('n1', { n42: 'failed' })))).toEqual(['n42']);
  });
  it('[KN3] a node is recreated if it moved or if its step has another function or value', () => {
    const keep = nodeKeeper();
    const [first, second] = keep(nodes('n1'));
    const moved = { ...first!, position: { x: 1, y: 0 } };
    const other = { ...second!, data: { ...second!.data, onSelect: () => undefined } };
    expect(keep([moved, other])).toEqual([moved, other]);
    expect(keep([moved, other])[0]).toBe(moved);
    expect(keep([{ ...moved, data: { ...moved.data, view: null } }])[0]).not.toBe(moved);
  });
});
