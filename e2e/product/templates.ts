/** What journeys do with templates. */
import { expect, type Page } from '@playwright/test';
import { pages } from '../../app/_contract/routes';
import type { End } from '../../engine/examples/testing/end';

/** From the page of a template: makes a draft, publishes it unchanged, and returns the name of its flow. */
export async function useTemplate(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Use this template' }).click();
  await expect(page).toHaveURL(/\/drafts\//);
  await page.getByRole('button', { name: 'Publish', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(dialog.getByText('Version 1 is published')).toBeVisible({ timeout: 20_000 });
  await dialog.getByRole('link', { name: 'Start a run' }).click();
  await expect(page).toHaveURL(/\/flows\/[^/]+\/start/);
  return new URL(page.url()).pathname.split('/')[2]!;
}

const WORDS: Record<End['ends'], RegExp> = {
  completed: /^Completed/,
  failed: /^Failed/,
  asks: /Needs a decision/,
};

/** Starts a scenario from the form, decides what people are asked, and waits for the end. */
export async function runScenario(page: Page, flow: string, end: End): Promise<void> {
  await page.goto(pages.start(flow, end.scenario));
  await page.getByRole('button', { name: 'Start the run' }).click();
  await expect(page).toHaveURL(/\/runs\//);
  await expect(page.getByText(WORDS[end.ends]).first()).toBeVisible({ timeout: 45_000 });
}
