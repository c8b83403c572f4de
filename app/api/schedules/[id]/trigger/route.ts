import { triggerScheduleSchema } from '@/app/_contract/schedules';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { triggerSchedule } from '@/app/_server/schedules/change';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  triggerSchedule(web, actor, params.id ?? '', await bodyOf(request, triggerScheduleSchema))
);
