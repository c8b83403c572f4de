import { lookAsGuestSchema } from '@/app/_contract/guests';
import { lookAsGuest } from '@/app/_server/guests/decide';
import { bodyOf, open } from '@/app/_server/http/handle';

export const POST = open(async ({ web, request }) =>
  lookAsGuest(web, request.headers, (await bodyOf(request, lookAsGuestSchema)).token)
);
