/**
 * [EM1] The failure matrix of every template has no surprise: what remains after a run that ended was either meant to,
 *       or a person was asked. matrix/<template>.json states for each cell how the run ends and what is left; the page
 *       of the template shows it. UPDATE_GOLDEN=1 writes it anew.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseFlow } from '../flow/testing/flow';
import { provesHistories } from '../history/testing/proof';
import { playMatrix } from '../trial/matrix';
import type { MatrixCell, MatrixRow } from '../trial/matrix-cells';
import { planSchema, type TrialPlan } from '../flow/trial-plan';
import { claimsAgainstBooks } from '../trial/testing/books';
import { usesWorkshop } from '../trial/testing/workshop';
import { TEMPLATES } from './registry';
import { catalogueOf } from './catalogue';
import { matrixOf, type TemplateCell } from './matrix';

provesHistories('scripted');
const workshop = usesWorkshop();
/** Not 'asks', and not 'retries': past the point of no return a step is tried until it succeeds. */
const ENDED: readonly string[] = ['completed', 'failed', 'canceled', 'waits', 'broken', 'tooLong'];
/**
 * A flow that has been published unchanged since the first release: a refused mail fails the run after the point of no
 * return.
 */
const ACCEPTED: readonly string[] = ['order-fulfilment: send-confirmation before'];
/** Answers that lead to steps which the usual ones do not reach, for a second and a third matrix. */
const FURTHER: Readonly<Record<string, readonly TrialPlan['steps'][]>> = {
  'support-agent': ['look-up', 'refund'].map((action) => ({
    'ask-model': { answers: [{ kind: 'output', output: { action, text: 'As the script says.' } }] },
  })),
};
/** Every time that a step runs, then one time alone. */
const ITEMS: readonly (string | undefined)[] = [undefined, 'first', 'middle', 'last'];
const FOLDER = 'engine/examples/matrix';

const templateCell = ({ nodeId, item, failure, undo, end, left, undone }: MatrixCell): TemplateCell => ({
  nodeId,
  ...(item ? { item } : {}),
  failure,
  undo,
  end: { kind: end.kind, questions: end.questions.map(({ nodeId: asks, kind }) => ({ nodeId: asks, kind })) },
  left: left.map(({ nodeId: id, state, happened, mayBeUndone }) => ({
    nodeId: id,
    state: state as TemplateCell['left'][number]['state'],
    happened,
    mayBeUndone,
  })),
  undone,
});

const lineOf = ({ nodeId, item, failure, undo, end, left, undone }: MatrixCell): string =>
  [
    `${nodeId}${item ? ` ${item.at}` : ''} ${failure}${undo === 'fails' ? ', undo fails' : ''}`.padEnd(44),
    end.kind.padEnd(9),
    undone.length > 0 ? `undone: ${undone.join(' ')}` : '',
    left.length > 0 ? `left: ${left.map(({ nodeId: id, state }) => `${id} (${state})`).join(' ')}` : '',
    end.questions.length > 0 ? `asks: ${end.questions.map((each) => `${each.nodeId} ${each.kind}`).join(', ')}` : '',
  ]
    .filter(Boolean)
    .join('  ')
    .trimEnd();

test.each(TEMPLATES)(
  '[EM1] $name: nothing remains without a question',
  async ({ name, document, connections }) => {
    const manifest = await workshop.make(document, { operations: catalogueOf(connections), isReplayed: false });
    const cells: MatrixCell[] = [];
    let rows: MatrixRow[] = [];
    const reached = new Set<string>();
    const played = new Set<string>();
    const start = planSchema.parse({ input: parseFlow(document).scenarios[0]!.input });
    for (const steps of [{}, ...(FURTHER[name] ?? [])])
      await playMatrix(
        workshop.worker,
        manifest,
        { ...start, steps },
        {
          onRows(all) {
            rows = all;
            for (const row of all) if (row.reached) reached.add(row.nodeId);
          },
          onCell(cell) {
            const { nodeId, item, failure, undo } = cell;
            const key = `${nodeId} ${item?.at} ${failure} ${undo}`;
            const isFirst = !played.has(key);
            played.add(key);
            if (isFirst) cells.push(cell);
          },
        }
      );
    expect(rows.map(({ nodeId }) => nodeId).filter((id) => !reached.has(id))).toEqual([]);
    const surprises = cells.filter(
      ({ nodeId, failure, end, left }) =>
        left.length > 0 &&
        ENDED.includes(end.kind) &&
        end.questions.length === 0 &&
        !ACCEPTED.includes(`${name}: ${nodeId} ${failure}`)
    );
    expect(surprises.map(lineOf)).toEqual([]);
    for (const cell of cells.filter(({ failure }) => failure === 'after'))
      expect(claimsAgainstBooks(await workshop.play(manifest, cell.plan))).toEqual([]);

    const order = new Map(rows.map(({ nodeId }, index) => [nodeId, index]));
    const found = cells
      .map((cell) => ({
        cell,
        at: order.get(cell.nodeId) ?? 0,
        item: ITEMS.indexOf(cell.item?.at),
        line: lineOf(cell),
      }))
      .sort((a, b) => a.at - b.at || a.item - b.item || (a.line < b.line ? -1 : 1))
      .map(({ cell }) => JSON.stringify(templateCell(cell)));
    const text = `[\n${found.join(',\n')}\n]\n`;
    const file = `${FOLDER}/${name}.json`;
    if (process.env.UPDATE_GOLDEN) {
      mkdirSync(FOLDER, { recursive: true });
      writeFileSync(file, text);
    }
    expect(text).toBe(readFileSync(file, 'utf8'));
    expect(matrixOf(name)).toHaveLength(found.length);
  },
  120_000
);
