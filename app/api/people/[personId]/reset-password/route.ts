import { resetPasswordSchema } from '@/app/_contract/people';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { resetPassword } from '@/app/_server/people/reset-password';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  resetPassword(web, actor, params.personId ?? '', await bodyOf(request, resetPasswordSchema))
);
