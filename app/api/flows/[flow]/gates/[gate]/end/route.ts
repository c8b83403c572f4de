import { z } from 'zod';
import { endGate } from '@/app/_server/gates/end';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, request, params }) => {
  await bodyOf(request, z.object({}));
  return endGate(web, actor, params.flow ?? '', params.gate ?? '');
});
