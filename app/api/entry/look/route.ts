import { lookAtLinkSchema } from '@/app/_contract/people';
import { bodyOf, open } from '@/app/_server/http/handle';
import { lookAtLink } from '@/app/_server/people/entry-link';

/** No session needed: the token authenticates. */
export const POST = open(async ({ web, request }) => {
  const { token } = await bodyOf(request, lookAtLinkSchema);
  return lookAtLink(web, request.headers, token);
});
