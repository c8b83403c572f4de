import { useLinkSchema } from '@/app/_contract/people';
import { bodyOf, open } from '@/app/_server/http/handle';
import { demandCertainOrigin } from '@/app/_server/http/origin';
import { useLink } from '@/app/_server/people/entry-link';

/** No session needed: the token authenticates. The page signs in afterwards. */
export const POST = open(async ({ web, request }) => {
  demandCertainOrigin(web.config, request.headers);
  return useLink(web, request.headers, await bodyOf(request, useLinkSchema));
});
