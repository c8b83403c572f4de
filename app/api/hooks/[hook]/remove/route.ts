import { nothingSchema } from '@/app/_contract/people';
import { removeHook } from '@/app/_server/hooks/hooks';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, params, request }) => {
  await bodyOf(request, nothingSchema);
  return removeHook(web, actor, params.hook ?? '');
});
