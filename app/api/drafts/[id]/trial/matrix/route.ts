import { trialSchema } from '@/app/_contract/trial';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { tryMatrix } from '@/app/_server/trial/matrix';

export const POST = signedIn(async ({ web, actor, request }) =>
  tryMatrix(web, actor, await bodyOf(request, trialSchema, 'document'), request.signal)
);
