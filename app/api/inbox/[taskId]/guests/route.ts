import { inviteGuestSchema } from '@/app/_contract/guests';
import { inviteGuest, listGuests } from '@/app/_server/guests/links';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const GET = signedIn(({ web, actor, params }) => listGuests(web, actor, params.taskId ?? ''));
export const POST = signedIn(async ({ web, actor, params, request }) =>
  inviteGuest(web, actor, params.taskId ?? '', await bodyOf(request, inviteGuestSchema))
);
