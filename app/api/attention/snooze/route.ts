import { snoozeGroupSchema } from '@/app/_contract/attention';
import { snoozeGroup } from '@/app/_server/attention/change';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, request }) =>
  snoozeGroup(web, actor, await bodyOf(request, snoozeGroupSchema))
);
