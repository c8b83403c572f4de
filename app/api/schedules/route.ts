import { createScheduleSchema } from '@/app/_contract/schedules';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { createSchedule } from '@/app/_server/schedules/change';
import { listSchedules } from '@/app/_server/schedules/list';

export const GET = signedIn(async ({ web, actor, request }) =>
  listSchedules(web, actor, new URL(request.url).searchParams.get('flow'))
);

export const POST = signedIn(async ({ web, actor, request }) =>
  createSchedule(web, actor, await bodyOf(request, createScheduleSchema))
);
