import { ownGroupSchema } from '@/app/_contract/attention';
import { ownGroup } from '@/app/_server/attention/change';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, request }) =>
  ownGroup(web, actor, await bodyOf(request, ownGroupSchema))
);
