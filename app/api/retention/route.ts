import { setRetentionSchema } from '@/app/_contract/retention';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { readRetention, setRetention } from '@/app/_server/retention/retention';

export const GET = signedIn(async ({ web, actor }) => readRetention(web, actor));
export const POST = signedIn(async ({ web, actor, request }) =>
  setRetention(web, actor, await bodyOf(request, setRetentionSchema))
);
