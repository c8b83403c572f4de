import { firstAccountSchema } from '@/app/_contract/people';
import { bodyOf, open } from '@/app/_server/http/handle';
import { demandCertainOrigin } from '@/app/_server/http/origin';
import { createFirstAccount } from '@/app/_server/people/create-first-account';

/** Makes the account; the page signs in with it afterwards. */
export const POST = open(async ({ web, request }) => {
  demandCertainOrigin(web.config, request.headers);
  return { person: await createFirstAccount(web, await bodyOf(request, firstAccountSchema)) };
});
