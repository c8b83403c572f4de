/**
 * [TX1] The failure matrix of every template has no surprise: what remains after a run that ended was either meant to, or a
 *       person was asked. matrix/<template>.txt states for each cell how the run ends and what is left. UPDATE_GOLDEN=1 writes
 *       it anew.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseFlow } from '../flow/testing/flow';
import { provesHistories } from '../history/testing/proof';
import { playMatrix } from '../trial/matrix';
import type { MatrixCell, MatrixRow } from '../trial/matrix-cells';
import { planSchema } from '../trial/plan';
import { claimsAgainstBooks } from '../trial/testing/books';
import { usesWorkshop } from '../trial/testing/workshop';
import { TEMPLATES } from './registry';
import { catalogueOf } from './catalogue';

provesHistories('scripted');
const workshop = usesWorkshop();
/** Not 'asks', and not 'retries': past the point of no return a step is tried until it succeeds. */
const ENDED: readonly string[] = ['completed', 'failed', 'canceled', 'waits', 'broken', 'tooLong'];
const FOLDER = 'engine/examples/matrix';

const lineOf = ({ nodeId, failure, undo, end, left, undone }: MatrixCell): string =>
  [
    `${nodeId} ${failure}${undo === 'fails' ? ', undo fails' : ''}`.padEnd(44),
    end.kind.padEnd(9),
    undone.length > 0 ? `undone: ${undone.join(' ')}` : '',
    left.length > 0 ? `left: ${left.map(({ nodeId: id, state }) => `${id} (${state})`).join(' ')}` : '',
    end.questions.length > 0 ? `asks: ${end.questions.map((each) => `${each.nodeId} ${each.kind}`).join(', ')}` : '',
  ]
    .filter(Boolean)
    .join('  ')
    .trimEnd();

test.each(TEMPLATES)(
  '[TX1] $name: nothing remains without a question',
  async ({ name, document, connections }) => {
    const manifest = await workshop.make(document, { operations: catalogueOf(connections), isReplayed: false });
    const cells: MatrixCell[] = [];
    let rows: MatrixRow[] = [];
    const start = planSchema.parse({ input: parseFlow(document).scenarios[0]!.input });
    await playMatrix(workshop.worker, manifest, start, {
      onRows: (all) => (rows = all),
      onCell: (cell) => cells.push(cell),
    });
    expect(rows.filter(({ reached }) => !reached).map(({ nodeId }) => nodeId)).toEqual([]);
    const surprises = cells.filter(
      ({ end, left }) => left.length > 0 && ENDED.includes(end.kind) && end.questions.length === 0
    );
    expect(surprises.map(lineOf)).toEqual([]);
    for (const cell of cells.filter(({ failure }) => failure === 'after'))
      expect(claimsAgainstBooks(await workshop.play(manifest, cell.plan))).toEqual([]);

    const order = new Map(rows.map(({ nodeId }, index) => [nodeId, index]));
    const found = cells
      .map((cell) => ({ at: order.get(cell.nodeId) ?? 0, line: lineOf(cell) }))
      .sort((a, b) => a.at - b.at || (a.line < b.line ? -1 : 1))
      .map(({ line }) => `${line}\n`)
      .join('');
    const file = `${FOLDER}/${name}.txt`;
    if (process.env.UPDATE_GOLDEN) {
      mkdirSync(FOLDER, { recursive: true });
      writeFileSync(file, found);
    }
    expect(found).toBe(readFileSync(file, 'utf8'));
  },
  120_000
);
