import { nothingSchema } from '@/app/_contract/people';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { removeGroup } from '@/app/_server/people/groups';

export const POST = signedIn(async ({ web, actor, request, params }) => {
  await bodyOf(request, nothingSchema);
  return removeGroup(web, actor, params.name ?? '');
});
