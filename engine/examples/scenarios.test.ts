/**
 * [TS1] Every scenario of every template, with real calls of the services: it ends as the table says, and the effects
 *       that the ledger of the run says remain are exactly those of the services' own books.
 * [TS2] The page of the run says the same of its books, and says that they do not agree if one that remains is missing
 *       in them.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FlowManifest } from '../flow/manifest';
import { parseFlow } from '../flow/testing/flow';
import { provesHistories } from '../history/testing/proof';
import { createTestDatabase, type TestDatabase } from '../store/postgres/testing/database';
import { usesWorkshop } from '../trial/testing/workshop';
import type { Served } from './books/http';
import { TEMPLATES } from './registry';
import { startExamples } from './server';
import { SERVICES } from './service-table';
import { catalogueOf } from './catalogue';
import { expectedOf, type End } from './testing/end';
import { ENDS } from './testing/ends';
import { realRun } from './testing/real-run';

provesHistories('scripted');
const workshop = usesWorkshop();

let database: TestDatabase;
let examples: Served;
beforeAll(async () => {
  database = await createTestDatabase();
  // Longer than a step waits for its answer.
  examples = await startExamples({ databaseUrl: database.url, port: 0, lateMs: 2_500 });
});
afterAll(async () => {
  await examples?.close();
  await database?.drop();
});

const nameOf = ({ scenario, title }: End) => (title ? `${scenario}, ${title}` : scenario);

/** The order example: trial/order-example.test.ts. */
const called = TEMPLATES.filter(({ name }) => ENDS[name]);

describe.concurrent.each(called)('$name', (template) => {
  const { scenarios } = parseFlow(template.document);
  let manifest: FlowManifest;
  beforeAll(async () => {
    manifest = await workshop.make(template.document, { operations: catalogueOf(template.connections) });
  });

  test.concurrent.each((ENDS[template.name] ?? []).map((end) => [nameOf(end), end] as const))(
    '[TS1] [TS2] %s',
    async (_name, end) => {
      const { input } = scenarios.find(({ name }) => name === end.scenario)!;
      const real = await realRun(workshop, manifest, template, { url: examples.url, services: SERVICES }, input, end);
      const status = ['', 'running', 'completed', 'failed'][real.run.state.status];
      const ends = status === 'running' && real.waits.length > 0 ? 'asks' : status;
      expect([ends, real.byLedger]).toEqual([end.ends, expectedOf(end, real.byLedger)]);
      expect(real.byBooks).toEqual(real.byLedger);
      for (const { keys, compare } of real.pages) {
        const { lines } = compare(keys);
        expect(lines.filter(({ agreement }) => agreement === 'differs')).toEqual([]);
        const remaining = lines.find(({ entry, agreement }) => entry?.state === 'standing' && agreement === 'agrees');
        if (remaining)
          expect(compare(keys.filter(({ key }) => key !== remaining.booked?.key)).agreement).toBe('differs');
      }
      const compared = real.pages.flatMap(({ keys, compare }) => compare(keys).lines);
      const remain = compared.flatMap(({ booked, activityId }) =>
        booked && booked.applied > booked.undone ? activityId : []
      );
      expect(remain.sort()).toEqual(real.byLedger);
      if (end.failure) expect(real.failures).toContain(end.failure);
    },
    60_000
  );
});
