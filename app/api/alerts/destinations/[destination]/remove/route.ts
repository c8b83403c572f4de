import { nothingSchema } from '@/app/_contract/people';
import { removeAlertDestination } from '@/app/_server/alerts/destinations';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, params, request }) => {
  await bodyOf(request, nothingSchema);
  return removeAlertDestination(web, actor, params.destination ?? '');
});
