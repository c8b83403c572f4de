import { nothingSchema } from '@/app/_contract/people';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { removeSecondFactor } from '@/app/_server/people/remove-second-factor';

export const POST = signedIn(async ({ web, actor, request, params }) => {
  await bodyOf(request, nothingSchema);
  return removeSecondFactor(web, actor, params.personId ?? '');
});
