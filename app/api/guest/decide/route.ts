import { decideAsGuestSchema } from '@/app/_contract/guests';
import { decideAsGuest } from '@/app/_server/guests/decide';
import { bodyOf, open } from '@/app/_server/http/handle';

export const POST = open(async ({ web, request }) =>
  decideAsGuest(web, request.headers, await bodyOf(request, decideAsGuestSchema))
);
