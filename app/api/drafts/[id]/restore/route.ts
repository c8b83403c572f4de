import { restoreDraftSchema } from '@/app/_contract/drafts';
import { restoreDraft } from '@/app/_server/drafts/restore';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  restoreDraft(web, actor, params.id ?? '', await bodyOf(request, restoreDraftSchema))
);
