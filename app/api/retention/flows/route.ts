import { setFlowRetentionSchema } from '@/app/_contract/retention';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { setFlowRetention } from '@/app/_server/retention/retention';

export const POST = signedIn(async ({ web, actor, request }) =>
  setFlowRetention(web, actor, await bodyOf(request, setFlowRetentionSchema))
);
