import { putGroupSchema } from '@/app/_contract/people';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { putGroup } from '@/app/_server/people/groups';

export const POST = signedIn(async ({ web, actor, request }) =>
  putGroup(web, actor, await bodyOf(request, putGroupSchema))
);
