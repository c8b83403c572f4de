/**
 * Every scenario of every template, published and started in the browser: `npm run test:templates`. It takes several
 * minutes.
 */
import type { DraftSummary } from '../app/_contract/drafts';
import type { PublishedVersion } from '../app/_contract/flows';
import { routes } from '../app/_contract/routes';
import { ENDS } from '../engine/examples/testing/ends';
import { test } from './product/journey';
import { runScenario } from './product/templates';

const flows = new Map<string, string>();

for (const [template, ends] of Object.entries(ENDS))
  for (const end of ends.filter(({ isLong }) => !isLong))
    test(`@long ${template}: ${end.scenario}${end.title ? `, ${end.title}` : ''}`, async ({ desk, api }) => {
      let flow = flows.get(template);
      if (flow === undefined) {
        const draft = { id: crypto.randomUUID(), from: { kind: 'template', template } };
        const { id, number } = await api.post<DraftSummary>(routes.drafts(), draft);
        flow = (await api.post<PublishedVersion>(routes.publishDraft(id), { number })).version.flow;
        flows.set(template, flow);
      }
      await runScenario(desk, api, flow, end);
    });
