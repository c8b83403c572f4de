import { backfillScheduleSchema } from '@/app/_contract/schedules';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { backfillSchedule } from '@/app/_server/schedules/change';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  backfillSchedule(web, actor, params.id ?? '', await bodyOf(request, backfillScheduleSchema))
);
