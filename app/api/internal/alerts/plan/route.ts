import { planAlertBodySchema } from '@/app/_contract/alerts';
import { planAlert } from '@/app/_server/alerts/tell';
import { bodyOf, open } from '@/app/_server/http/handle';
import { demandWorker } from '@/app/_server/inbox/internal-token';

export const POST = open(async ({ web, request }) => {
  demandWorker(web.config, request.headers.get('authorization'), 'alerts.tell');
  return planAlert(web, await bodyOf(request, planAlertBodySchema));
});
