import { changePasswordSchema } from '@/app/_contract/account';
import { bodyOf, ownSession } from '@/app/_server/http/handle';
import { changePassword } from '@/app/_server/people/change-password';

export const POST = ownSession(async ({ web, session, request }) =>
  changePassword(web, session, await bodyOf(request, changePasswordSchema))
);
