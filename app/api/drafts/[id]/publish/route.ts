import { publishDraftSchema } from '@/app/_contract/drafts';
import { publishDraft } from '@/app/_server/drafts/publish';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  publishDraft(web, actor, params.id ?? '', await bodyOf(request, publishDraftSchema))
);
