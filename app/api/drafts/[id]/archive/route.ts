import { nothingSchema } from '@/app/_contract/people';
import { archiveDraft } from '@/app/_server/drafts/archive';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, request, params }) => {
  await bodyOf(request, nothingSchema);
  return archiveDraft(web, actor, params.id ?? '');
});
