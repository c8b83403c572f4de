import { nothingSchema } from '@/app/_contract/people';
import { acknowledgeAlert } from '@/app/_server/alerts/act';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, params, request }) => {
  await bodyOf(request, nothingSchema);
  return acknowledgeAlert(web, actor, params.alert ?? '');
});
