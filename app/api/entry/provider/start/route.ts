import { startWithProviderSchema } from '@/app/_contract/people';
import { bodyOf, open } from '@/app/_server/http/handle';
import { startWithProvider } from '@/app/_server/people/sign-in-by-provider';

/** No session: who asks has none. */
export const POST = open(async ({ web, request }) =>
  startWithProvider(web, request, await bodyOf(request, startWithProviderSchema))
);
