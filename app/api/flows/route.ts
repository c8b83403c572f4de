import { publishFlowSchema } from '@/app/_contract/flows';
import { listFlows } from '@/app/_server/flows/list';
import { publishFlow } from '@/app/_server/flows/publish';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const GET = signedIn(async ({ web, actor }) => ({ flows: await listFlows(web, actor) }));
export const POST = signedIn(async ({ web, actor, request }) =>
  publishFlow(web, actor, await bodyOf(request, publishFlowSchema, 'document'))
);
