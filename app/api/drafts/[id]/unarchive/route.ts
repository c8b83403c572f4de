import { nothingSchema } from '@/app/_contract/people';
import { unarchiveDraft } from '@/app/_server/drafts/unarchive';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, request, params }) => {
  await bodyOf(request, nothingSchema);
  return unarchiveDraft(web, actor, params.id ?? '');
});
