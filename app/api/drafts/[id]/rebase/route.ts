import { rebaseDraftSchema } from '@/app/_contract/drafts';
import { rebaseDraft } from '@/app/_server/drafts/rebase';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  rebaseDraft(web, actor, params.id ?? '', await bodyOf(request, rebaseDraftSchema))
);
