import { previewTimesSchema } from '@/app/_contract/schedules';
import { queryOf, signedIn } from '@/app/_server/http/handle';
import { previewTimes } from '@/app/_server/schedules/times';

export const GET = signedIn(async ({ actor, request }) => previewTimes(actor, queryOf(request, previewTimesSchema)));
