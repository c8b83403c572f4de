/**
 * The workflow code of workflows.ts run by the embedded worker, compared with what the official worker made of it on a
 * Temporal server (recorded/).
 *
 * [DIH3] Both histories are equal in the compared form, for every run of a chain.
 */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { provesHistories } from '../history/testing/proof';
import { ActivityExecutor } from '../worker/activities/executor';
import { bundleWorkflows } from '../worker/bundle/bundle';
import { createEmbeddedWorker, type EmbeddedWorker } from '../worker/embedded-worker';
import { activities, CASES, playHistories } from './histories';
import { readRecording } from './recording';
import { openHere, type Here } from './testing/here';
import type { Json } from './wire';

const workflowsPath = fileURLToPath(new URL('workflows.ts', import.meta.url));
provesHistories({ workflowsPath });

/** Fields that only one of the two writes; they are left out of both. */
const FIELDS: Readonly<Record<string, string>> = {
  namespaceId: 'A namespace has one name for ever, and commands reach only the own one.',
  inheritBuildId: 'Versions of workers that poll.',
  initiator: 'A run that continued as new says so here; a Temporal server does not repeat what a worker leaves out.',
  prevAutoResetPoints: 'Reset points are by revision, and these workflows have none.',
  workflowTaskTimeout: 'That of a child is in its own Started, as the default that was used.',
};
const CASES_THAT_DIFFER: Readonly<Record<string, string>> = {
  versions:
    'patched() writes its marker; the search attribute comes with flag 2 of the SDK, which histories here do not have.',
};

function without(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((item) => without(item) ?? null);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([key]) => !Object.hasOwn(FIELDS, key));
  return Object.fromEntries(kept.map(([key, inner]) => [key, without(inner) ?? null]));
}

const recorded = readRecording<Json[][] | 'unsteady'>('histories');
let here: Here;
let worker: EmbeddedWorker;
let histories: Record<string, Json[][]>;
beforeAll(async () => {
  const bundle = await bundleWorkflows({ entry: workflowsPath });
  worker = createEmbeddedWorker({
    bundles: { find: (type) => (bundle.workflowTypes.includes(type) ? bundle : undefined), onChange: () => () => {} },
  });
  here = await openHere({
    workflowWorker: worker,
    activityWorker: new ActivityExecutor({ activities: activities() }),
  });
  histories = await playHistories(here.wire);
});
afterAll(async () => {
  await here.close();
  await worker.close();
});

it.each(Object.keys(CASES))('[DIH3] %s has the history that it has on a Temporal server', (type) => {
  const expected = recorded[type];
  if (!expected) throw new Error(`${type} is not recorded: npm run record:differential`);
  const [one, other] = [without(histories[type]), without(expected)];
  if (Object.hasOwn(CASES_THAT_DIFFER, type)) expect(one).not.toEqual(other);
  else expect(one).toEqual(other);
});
