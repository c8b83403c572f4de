import { nothingSchema } from '@/app/_contract/people';
import { revokeGuest } from '@/app/_server/guests/links';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, params, request }) => {
  await bodyOf(request, nothingSchema);
  return revokeGuest(web, actor, params.taskId ?? '', params.id ?? '');
});
