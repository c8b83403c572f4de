import { scheduleTimesSchema } from '@/app/_contract/schedules';
import { queryOf, signedIn } from '@/app/_server/http/handle';
import { scheduleTimes } from '@/app/_server/schedules/times';

export const GET = signedIn(async ({ web, actor, request, params }) =>
  scheduleTimes(web, actor, params.id ?? '', queryOf(request, scheduleTimesSchema))
);
