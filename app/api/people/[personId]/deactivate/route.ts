import { deactivateSchema } from '@/app/_contract/people';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { textOf } from '@/app/_server/http/run-of';
import { deactivate } from '@/app/_server/people/deactivate';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  deactivate(web, actor, textOf(params.personId ?? ''), await bodyOf(request, deactivateSchema))
);
