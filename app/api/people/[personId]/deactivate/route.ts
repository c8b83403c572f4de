import { deactivateSchema } from '@/app/_contract/people';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { deactivate } from '@/app/_server/people/deactivate';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  deactivate(web, actor, params.personId ?? '', await bodyOf(request, deactivateSchema))
);
