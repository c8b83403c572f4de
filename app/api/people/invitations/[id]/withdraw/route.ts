import { z } from 'zod';
import { nothingSchema } from '@/app/_contract/people';
import { bodyOf, parsed, signedIn } from '@/app/_server/http/handle';
import { withdrawInvitation } from '@/app/_server/people/invite';

export const POST = signedIn(async ({ web, actor, request, params }) => {
  await bodyOf(request, nothingSchema);
  return withdrawInvitation(web, actor, parsed(z.uuid(), params.id, 'The id'));
});
