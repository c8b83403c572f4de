import { tagDraftSchema } from '@/app/_contract/drafts';
import { tagDraft } from '@/app/_server/drafts/tag';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  tagDraft(web, actor, params.id ?? '', await bodyOf(request, tagDraftSchema))
);
