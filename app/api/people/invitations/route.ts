import { inviteSchema } from '@/app/_contract/people';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { invite } from '@/app/_server/people/invite';

export const POST = signedIn(async ({ web, actor, request }) =>
  invite(web, actor, await bodyOf(request, inviteSchema))
);
