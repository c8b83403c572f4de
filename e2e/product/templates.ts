/** What journeys do with templates. */
import { expect, type Page } from '@playwright/test';
import type { DecideTask, InboxList } from '../../app/_contract/inbox';
import { pages, routes } from '../../app/_contract/routes';
import { expectedOf, type End } from '../../engine/examples/testing/end';
import { fieldsOf } from '../../engine/run-view/fields';
import { ledgerOf } from '../../engine/run-view/ledger';
import type { Api } from './journey';
import { RunScreen } from './run-screen';

/** From the page of a template: makes a draft, publishes it unchanged, and returns the name of its flow. */
export async function publishTemplate(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Use this template' }).click();
  await expect(page).toHaveURL(/\/drafts\//);
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(dialog.getByText('Version 1 is published')).toBeVisible({ timeout: 60_000 });
  await dialog.getByRole('link', { name: 'Start a run' }).click();
  await expect(page).toHaveURL(/\/flows\/[^/]+\/start/);
  return new URL(page.url()).pathname.split('/')[2]!;
}

const WORDS: Record<End['ends'], RegExp> = {
  completed: /^Completed/,
  failed: /^Failed/,
  asks: /^Needs a decision/,
};

/** Starts a scenario from the form, decides what people are asked, and compares the end with the table. */
export async function runScenario(page: Page, api: Api, flow: string, end: End): Promise<void> {
  await page.goto(pages.start(flow, end.scenario));
  await page.getByRole('button', { name: 'Start the run' }).click();
  await expect(page).toHaveURL(/\/runs\/[^/]+\/[^/]+/);
  const [, , workflowId = '', runId = ''] = new URL(page.url()).pathname.split('/').map(decodeURIComponent);
  await fromOutside(api, { workflowId, runId }, end);

  // A step that failed has the word 'Failed' too, long before its run.
  await expect(new RunScreen(page).status(WORDS[end.ends]).first()).toBeVisible({ timeout: 45_000 });
  const { live, manifest } = await api.run({ workflowId, runId });
  const remains = ledgerOf(live.events, manifest!)
    .entries.filter(({ state }) => ['standing', 'undoFailed', 'leftStanding'].includes(state))
    .map(({ activityId }) => activityId)
    .sort();
  expect(remains).toEqual(expectedOf(end, remains));
}

/** Signals and decisions, each when the run has come so far. */
async function fromOutside(api: Api, run: { workflowId: string; runId: string }, end: End): Promise<void> {
  for (const { after, name, payload } of end.signals ?? []) {
    const scheduled = async () =>
      (await api.run(run)).live.events.map(({ attributes }) => fieldsOf(attributes).activityId).includes(after);
    await expect.poll(scheduled, { timeout: 45_000 }).toBe(true);
    const signal = { name, input: payload, requestId: crypto.randomUUID() };
    await api.post(routes.signal(run.workflowId, run.runId), signal);
  }
  const answered = new Set<string>();
  for (const decision of end.people ?? []) {
    const next = async () =>
      (await api.get<InboxList>(routes.inbox())).tasks.find(
        ({ workflowId, taskId }) => workflowId === run.workflowId && !answered.has(taskId)
      );
    await expect.poll(async () => (await next()) !== undefined, { timeout: 45_000 }).toBe(true);
    const { taskId, dataHash } = (await next())!;
    answered.add(taskId);
    if (decision === 'nobody') continue;
    const decided: DecideTask = {
      decisionId: crypto.randomUUID(),
      decision,
      comment: 'As discussed.',
      // Of the decision of a template that asks for an amount; others have no form.
      values: { amount: 4_000, currency: 'EUR' },
      dataHash,
    };
    await api.post(routes.decideTask(taskId), decided);
  }
}
