import { createKeySchema } from '@/app/_contract/people';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { createKey, listKeys } from '@/app/_server/keys/keys';

export const GET = signedIn(async ({ web, actor }) => listKeys(web, actor));
export const POST = signedIn(async ({ web, actor, request }) =>
  createKey(web, actor, await bodyOf(request, createKeySchema))
);
