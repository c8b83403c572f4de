import { updateScheduleSchema } from '@/app/_contract/schedules';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { updateSchedule } from '@/app/_server/schedules/change';
import { getSchedule } from '@/app/_server/schedules/read';

export const GET = signedIn(async ({ web, actor, params }) => getSchedule(web, actor, params.id ?? ''));

export const POST = signedIn(async ({ web, actor, request, params }) =>
  updateSchedule(web, actor, params.id ?? '', await bodyOf(request, updateScheduleSchema))
);
