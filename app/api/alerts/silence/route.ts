import { silenceAlertSchema } from '@/app/_contract/alerts';
import { silenceAlert } from '@/app/_server/alerts/act';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, request }) =>
  silenceAlert(web, actor, await bodyOf(request, silenceAlertSchema))
);
