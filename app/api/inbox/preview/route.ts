import { previewDecisionsSchema } from '@/app/_contract/inbox';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { previewDecisions } from '@/app/_server/inbox/preview';

export const POST = signedIn(async ({ web, actor, request }) =>
  previewDecisions(web, actor, await bodyOf(request, previewDecisionsSchema))
);
