/** The start of every journey: the product's address, an account that is signed in, the example, and the run's API. */
import { test as base, expect, type APIRequestContext, type Page } from '@playwright/test';
import { routes } from '../../app/_contract/routes';
import type { RunDetail, RunSummary, StartedRun } from '../../app/_contract/runs';
import type { StartFormModel, FlowDetail } from '../../app/_contract/flows';
import { productUrl } from './start';

export const ACCOUNT = { name: 'Ada Byron', email: 'ada@example.com', password: 'correct horse battery' };
export const EXAMPLE = 'order-fulfilment';

interface Fixtures {
  /** Signed in, with the example installed, on a blank page. */
  desk: Page;
  api: Api;
  /** Ends each browser context that a journey opened and left: its pages would work on beside all later journeys. */
  leftOver: void;
}

export const test = base.extend<Fixtures>({
  baseURL: async ({}, use) => use(productUrl()),
  desk: async ({ page, context, baseURL }, use) => {
    await context.addCookies(await session(context.request, baseURL ?? ''));
    await context.request.post(routes.installExample(), { data: {} });
    const broken: string[] = [];
    page.on('pageerror', (error) => broken.push(error.message));
    await use(page);
    expect(broken, 'errors thrown in the page').toEqual([]);
  },
  leftOver: [
    async ({ browser }, use) => {
      const before = browser.contexts();
      await use();
      await Promise.all(browser.contexts().map((context) => (before.includes(context) ? null : context.close())));
    },
    { auto: true },
  ],
  api: async ({ context, desk: _ }, use) => use(new Api(context.request)),
});
export { expect };

type Cookies = Awaited<ReturnType<APIRequestContext['storageState']>>['cookies'];
/** By address, because a journey may have its own product with other sessions. */
const kept = new Map<string, Cookies>();
/** One session for all journeys of a product, because sign-in attempts are limited. */
async function session(request: APIRequestContext, url: string): Promise<Cookies> {
  const there = kept.get(url);
  if (there) return there;
  await signIn(request);
  const { cookies } = await request.storageState();
  kept.set(url, cookies);
  return cookies;
}

/** Makes the account if there is none yet, so that each journey can also run alone. */
export async function signIn(request: APIRequestContext): Promise<void> {
  await request.post(routes.firstAccount(), { data: ACCOUNT });
  const { email, password } = ACCOUNT;
  const answer = await request.post(routes.signIn(), { data: { email, password } });
  expect(answer.ok(), await answer.text()).toBe(true);
}

/** The product's own API; screens are compared with its answers. */
export class Api {
  constructor(readonly request: APIRequestContext) {}

  async get<T>(url: string): Promise<T> {
    const answer = await this.request.get(url);
    expect(answer.ok(), `${url}: ${await answer.text()}`).toBe(true);
    return (await answer.json()) as T;
  }
  async post<T>(url: string, data: unknown): Promise<T> {
    const answer = await this.request.post(url, { data });
    expect(answer.ok(), `${url}: ${await answer.text()}`).toBe(true);
    return (await answer.json()) as T;
  }

  async scenarios(): Promise<StartFormModel['scenarios']> {
    return (await this.get<FlowDetail>(routes.flow(EXAMPLE))).shown.manifest.document.scenarios;
  }
  async start(scenario: string, change: Record<string, unknown> = {}): Promise<StartedRun> {
    const found = (await this.scenarios()).find(({ name }) => name === scenario);
    if (!found) throw new Error(`The example has no scenario '${scenario}'.`);
    return this.post<StartedRun>(routes.startRun(EXAMPLE), {
      requestId: crypto.randomUUID(),
      input: { ...(found.input as Record<string, unknown>), ...change },
    });
  }
  /** A schedule of the example that is paused, so that it starts nothing. */
  async schedule(id: string): Promise<void> {
    const [scenario] = await this.scenarios();
    await this.post(routes.schedules(), {
      requestId: crypto.randomUUID(),
      id,
      flow: EXAMPLE,
      when: { kind: 'weekly', days: [1, 2, 3, 4, 5], times: ['09:00', '17:30'], zone: 'Europe/Berlin' },
      input: scenario?.input,
      overlap: 'skip',
      catchupMinutes: 60,
      jitterSeconds: 30,
      remaining: null,
      pausesOnFailure: true,
      note: '',
    });
    const paused = { requestId: crypto.randomUUID(), paused: true, note: 'Until the holidays are over' };
    await this.post(routes.pauseSchedule(id), paused);
  }
  run({ workflowId, runId }: Pick<RunSummary, 'workflowId' | 'runId'>): Promise<RunDetail> {
    return this.get<RunDetail>(routes.run(workflowId, runId));
  }
  /** Waits until the run has this status; killed processes may still be restarting. */
  async standsAs(
    run: Pick<RunSummary, 'workflowId' | 'runId'>,
    standing: RunSummary['standingState']
  ): Promise<RunDetail> {
    const told = async () => {
      const answer = await this.request.get(routes.run(run.workflowId, run.runId));
      return answer.ok() ? ((await answer.json()) as RunDetail).summary.standingState : answer.status();
    };
    await expect.poll(told, { timeout: 45_000 }).toBe(standing);
    return this.run(run);
  }
}

/** A new order, so that its entries in the books of the shop belong to one run. */
export const orderId = (): string => `order-${crypto.randomUUID().slice(0, 8)}`;
