import { deleteScheduleSchema } from '@/app/_contract/schedules';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { deleteSchedule } from '@/app/_server/schedules/change';

export const POST = signedIn(async ({ web, actor, request, params }) => {
  await bodyOf(request, deleteScheduleSchema);
  return deleteSchedule(web, actor, params.id ?? '');
});
