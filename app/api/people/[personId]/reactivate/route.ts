import { nothingSchema } from '@/app/_contract/people';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { reactivate } from '@/app/_server/people/deactivate';

export const POST = signedIn(async ({ web, actor, request, params }) => {
  await bodyOf(request, nothingSchema);
  return reactivate(web, actor, params.personId ?? '');
});
