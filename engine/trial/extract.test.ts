/**
 * [EXT5] of flow/edit/extract/extract.ts: after each failure of each step the parent and its child together leave the
 * same effects, and undo the same, as the flow from which the child was taken.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import '../sim/property-seed';
import { catalogue } from '../activities/catalogue';
import type { FlowDocument } from '../flow/document';
import { applyGesture } from '../flow/edit/apply';
import { documentOf } from '../flow/edit/document-of';
import { draftOf } from '../flow/edit/draft';
import { extract } from '../flow/edit/extract/extract';
import { flowEntry } from '../flow/flow-entry';
import type { FlowManifest } from '../flow/manifest';
import { readingSaga } from '../flow/testing/reading-saga';
import { sampleOf } from '../flow/schema/sample';
import { planSchema } from '../flow/trial-plan';
import { allNodes, nestedSteps } from '../flow/tree';
import { provesHistories } from '../history/testing/proof';
import { playMatrix } from './matrix';
import type { MatrixCell } from './matrix-cells';
import { usesWorkshop } from './testing/workshop';

provesHistories('scripted');
const workshop = usesWorkshop();
const input = { customer: 'c', order: { id: 'o' } };

async function cellsOf(manifest: FlowManifest, given: unknown): Promise<MatrixCell[]> {
  const cells: MatrixCell[] = [];
  await playMatrix(workshop.worker, manifest, planSchema.parse({ input: given }), {
    onRows: () => {},
    onCell: (cell) => cells.push(cell),
  });
  return cells;
}

/** A step that fails before its effect, on the usual way through the flow. */
const failing = (cells: readonly MatrixCell[], id: string): MatrixCell | undefined =>
  cells.find(({ nodeId, failure, item, plan }) => {
    return nodeId === id && failure === 'before' && item === null && Object.keys(plan.steps).length === 1;
  });
const leftBy = ({ left }: MatrixCell): string[] => left.map(({ nodeId }) => nodeId);
const sorted = (ids: readonly string[]): string[] => [...new Set(ids)].sort();

const isInParallel = (steps: FlowDocument['steps'], id: string): boolean =>
  steps.some(
    (node) =>
      node.id !== id &&
      nestedSteps(node).some((each) => allNodes(each).some((inner) => inner.id === id)) &&
      (node.kind === 'parallel' || nestedSteps(node).some((each) => isInParallel(each, id)))
  );

test('[EXT5] in each cell the parent and its child leave and undo what the whole flow did', async () => {
  let [inside, outside] = [0, 0];
  await fc.assert(
    fc.asyncProperty(
      readingSaga({ isReversible: true }),
      fc.nat(1_000),
      fc.nat(1_000),
      fc.nat(1_000),
      async (document, a, b, c) => {
        const sequences = [document.steps, ...allNodes(document.steps).flatMap(nestedSteps)];
        const steps = sequences.filter((each) => each.length > 0)[a % 6] ?? document.steps;
        const from = b % steps.length;
        const ids = steps.slice(from, from + 1 + (c % (steps.length - from))).map(({ id }) => id);
        const draft = draftOf(document);
        const { extraction } = extract(draft, ids, catalogue, { name: 'part', title: 'Part' });
        if (!extraction) return;
        const outcome = applyGesture({ ...draft }, extraction);
        if (outcome.refusal) throw new Error(outcome.refusal.message);
        const whole = await workshop.make(document, { isReplayed: false });
        const child = await workshop.make(extraction.child, { isReplayed: false });
        const entry = flowEntry(child);
        const parent = await workshop.make(documentOf(outcome.draft).document, {
          isReplayed: false,
          operations: { [entry.name]: entry },
        });
        const [before, ofChild, after] = [
          await cellsOf(whole, input),
          await cellsOf(child, sampleOf(extraction.child.input, 1, 'child').value),
          await cellsOf(parent, input),
        ];
        const own = new Set(allNodes(extraction.child.steps).map(({ id }) => id));
        const others = (list: readonly string[]) => sorted(list.filter((id) => !own.has(id) && id !== extraction.node));
        const beside = isInParallel(document.steps, ids[0]!);
        for (const { id } of allNodes(document.steps)) {
          const was = failing(before, id);
          if (!was) continue;
          if (!own.has(id)) {
            const now = failing(after, id);
            if (!now) continue;
            outside++;
            expect([id, now.end.kind]).toEqual([id, was.end.kind]);
            expect([id, ...others(leftBy(now))]).toEqual([id, ...others(leftBy(was))]);
            expect(leftBy(now).includes(extraction.node)).toBe(leftBy(was).some((each) => own.has(each)));
            // What ran beside the failure depends on the moment.
            if (beside) continue;
            expect([id, ...others(now.undone)]).toEqual([id, ...others(was.undone)]);
            expect(now.undone.includes(extraction.node)).toBe(was.undone.some((each) => own.has(each)));
            continue;
          }
          const now = failing(ofChild, id);
          const around = now?.end.kind === 'failed' ? failing(after, extraction.node) : undefined;
          if (!now || !around) continue;
          inside++;
          // What a cell says is what a run does, and its history is correct.
          expect((await workshop.play(child, now.plan)).end).toEqual(now.end);
          expect([id, around.end.kind]).toEqual([id, was.end.kind]);
          // Also what a handler around the steps means to keep.
          const remains = [...leftBy(now), ...leftBy(around), ...around.meant];
          expect([id, ...sorted(remains)]).toEqual([id, ...sorted([...leftBy(was), ...was.meant])]);
          if (!beside) expect([id, ...sorted([...now.undone, ...around.undone])]).toEqual([id, ...sorted(was.undone)]);
        }
      }
    ),
    { numRuns: 40 }
  );
  expect(inside).toBeGreaterThan(5);
  expect(outside).toBeGreaterThan(5);
}, 120_000);
