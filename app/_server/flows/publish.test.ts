/** [PU] What the web reports about a publication whose answer was lost. */
import { status } from '@grpc/grpc-js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PublishedVersion } from '@/app/_contract/flows';
import { routes as to } from '@/app/_contract/routes';
import { TILL_FLOW } from '../testing/till';
import { must, startWorld, type Visitor, type World } from '../testing/world';

let world: World;
let designer: Visitor;
beforeAll(async () => {
  world = await startWorld();
  designer = await world.as('designer');
}, 120_000);
afterAll(() => world.close());

const publish = (name: string) =>
  designer.post<PublishedVersion>(to.publish(), { document: { ...TILL_FLOW, name, title: name } });
/** The engine publishes, then the answer is lost in this way. */
async function losingTheAnswer<T>(error: { code: number; details: string }, work: () => Promise<T>): Promise<T> {
  const { versions } = world.web;
  const { putVersion } = versions;
  versions.putVersion = async (...request) => {
    await putVersion.apply(versions, request);
    throw Object.assign(new Error(`${error.code}: ${error.details}`), error);
  };
  try {
    return await work();
  } finally {
    versions.putVersion = putVersion;
  }
}

test.each([
  ['the connection broke', { code: status.UNAVAILABLE, details: 'Connection dropped' }],
  ['it took too long', { code: status.DEADLINE_EXCEEDED, details: 'Deadline exceeded' }],
  ['the database broke off', { code: status.UNAVAILABLE, details: 'The database does not answer.' }],
])(
  '[PU1] after a lost answer (%s) the result is reported as unknown; publishing again gives the one version',
  async (why, error) => {
    const name = `pu1-${why.split(' ')[1]}`;
    const lost = await losingTheAnswer(error, () => publish(name));
    expect([lost.status, lost.error?.code]).toEqual([504, 'outcomeUnknown']);
    expect(lost.error?.message).toMatch(/is not known.*Publish it again/);
    expect((await must(publish(name))).body).toMatchObject({ again: true, version: { version: 1 } });
  }
);

test('[PU2] a request that was never sent published nothing, and the engine is reported as away', async () => {
  const { versions } = world.web;
  const { putVersion } = versions;
  const details = 'No connection established. Last error: connect ECONNREFUSED';
  versions.putVersion = () => Promise.reject(Object.assign(new Error(details), { code: status.UNAVAILABLE, details }));
  const refused = await publish('pu2');
  versions.putVersion = putVersion;
  expect([refused.status, refused.error?.code]).toEqual([503, 'engineAway']);
  expect((await must(publish('pu2'))).body.again).toBe(false);
});
