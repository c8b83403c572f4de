import { pauseScheduleSchema } from '@/app/_contract/schedules';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { pauseSchedule } from '@/app/_server/schedules/change';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  pauseSchedule(web, actor, params.id ?? '', await bodyOf(request, pauseScheduleSchema))
);
