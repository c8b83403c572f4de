import { trialSchema } from '@/app/_contract/trial';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { tryDraft } from '@/app/_server/trial/try';

export const POST = signedIn(async ({ web, actor, request }) =>
  tryDraft(web, actor, await bodyOf(request, trialSchema, 'document'), request.signal)
);
