import { acknowledgeGroupSchema } from '@/app/_contract/attention';
import { acknowledgeGroup } from '@/app/_server/attention/change';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, request }) =>
  acknowledgeGroup(web, actor, await bodyOf(request, acknowledgeGroupSchema))
);
