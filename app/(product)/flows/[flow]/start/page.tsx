import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import type { StartFormModel } from '@/app/_contract/flows';
import { fromRunAddress } from '@/app/_contract/run-address';
import { Refusal } from '@/app/_server/failure';
import { startForm } from '@/app/_server/flows/start-form';
import { prefetch } from '@/app/_server/http/prefetch';
import type { Actor } from '@/app/_server/people/actor';
import { pageActor } from '@/app/_server/people/page-actor';
import { pageParts } from '@/app/_server/people/page-parts';
import { getRun } from '@/app/_server/runs/get';
import type { Web } from '@/app/_server/web';
import { StartPage } from '@/components/flow/start-page';
import { withoutMasked } from '@/engine/flow/values/mask';
import { FailurePage } from '@/components/live/failure-page';

export const metadata: Metadata = { title: 'Start' };

interface Props {
  params: Promise<{ flow: string }>;
  searchParams: Promise<{ again?: string | string[] }>;
}

export default async function StartRunPage({ params, searchParams }: Props) {
  const actor = await pageActor();
  const { flow } = pageParts(await params);
  const { again } = await searchParams;
  const found = await prefetch(async (web) => {
    const before = typeof again === 'string' ? await inputOfRun(web, actor, flow, again) : null;
    return startForm(web, actor, flow, before);
  });
  if (found.data) return <StartPage form={found.data} />;
  if (found.failure.code === 'flowNotFound') notFound();
  return <FailurePage failure={found.failure} />;
}

/** Null if the run no longer exists or belongs to another flow: the form is then empty. */
async function inputOfRun(web: Web, actor: Actor, flow: string, address: string): Promise<StartFormModel['again']> {
  const named = fromRunAddress(address);
  if (!named) return null;
  const run = await getRun(web, actor, named).catch((error: unknown) => {
    if (error instanceof Refusal && (error.code === 'runNotFound' || error.code === 'badRequest')) return null;
    throw error;
  });
  if (run?.summary.flow !== flow) return null;
  const input: unknown = run.live.events[0]?.attributes.input;
  // A person enters again what is not shown to them.
  return { workflowId: named.workflowId, input: withoutMasked(Array.isArray(input) ? input[0] : input) };
}
