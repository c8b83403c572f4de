import { putAlertDestinationSchema } from '@/app/_contract/alerts';
import { putAlertDestination } from '@/app/_server/alerts/destinations';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, request }) =>
  putAlertDestination(web, actor, await bodyOf(request, putAlertDestinationSchema))
);
