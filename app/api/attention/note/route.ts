import { noteGroupSchema } from '@/app/_contract/attention';
import { noteGroup } from '@/app/_server/attention/change';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, request }) =>
  noteGroup(web, actor, await bodyOf(request, noteGroupSchema))
);
