import { forgotPasswordSchema } from '@/app/_contract/people';
import { bodyOf, open } from '@/app/_server/http/handle';
import { forgotPassword } from '@/app/_server/people/forgot-password';

/** No session: who asks has none. */
export const POST = open(async ({ web, request }) =>
  forgotPassword(web, request.headers, await bodyOf(request, forgotPasswordSchema))
);
