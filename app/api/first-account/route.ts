import { firstAccountSchema } from '@/app/_contract/people';
import { bodyOf, open } from '@/app/_server/http/handle';
import { demandCertainOrigin } from '@/app/_server/http/origin';
import { accountExists, createFirstAccount } from '@/app/_server/people/create-first-account';

/** The launcher calls this to print how to create the first account if there is none. */
export const GET = open(async ({ web }) => ({ exists: await accountExists(web) }));

/** Creates the account; the page signs in with it afterwards. */
export const POST = open(async ({ web, request }) => {
  demandCertainOrigin(web.config, request.headers);
  const account = await bodyOf(request, firstAccountSchema);
  return { person: await createFirstAccount(web, request.headers, account) };
});
