/** Flows in the words of the API. */
import type { z } from 'zod';
import type { apiFlowDetailSchema, apiFlowSchema } from '@/app/_contract/api';
import type { FlowSummary } from '@/app/_contract/flows';
import type { FlowDocument, JsonSchema } from '@/engine/flow/document';
import { getServedFlow } from '../flows/get';
import { listFlows } from '../flows/list';
import type { Actor } from '../people/actor';
import type { Web } from '../web';

type Reader = Pick<Web, 'catalogue' | 'database' | 'log' | 'temporal'>;

export async function flowsOf(web: Reader, actor: Actor): Promise<z.infer<typeof apiFlowSchema>[]> {
  return (await listFlows(web, actor)).map(summaryIn);
}

/** With the schemas of the version that starts runs; of the newest one if none does. */
export async function flowOf(web: Reader, actor: Actor, flow: string): Promise<z.infer<typeof apiFlowDetailSchema>> {
  const { summary, shown } = await getServedFlow(web, actor, flow);
  const { document } = shown.manifest;
  return {
    ...summaryIn(summary),
    input: { ...document.input },
    signals: messagesIn(document.signals),
    updates: messagesIn(document.updates),
    queries: messagesIn(document.queries),
  };
}

const summaryIn = ({ name, title, description, servedVersion }: FlowSummary) => {
  return { name, title, description, version: servedVersion };
};
const messagesIn = (declared: FlowDocument['signals'] | FlowDocument['queries']) =>
  Object.entries<{ title?: string; schema?: JsonSchema }>(declared).map(([name, { title, schema }]) => {
    return { name, title: title ?? null, schema: schema ? { ...schema } : null };
  });
