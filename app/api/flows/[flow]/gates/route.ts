import { startGateSchema } from '@/app/_contract/gates';
import { startGate } from '@/app/_server/gates/start';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  startGate(web, actor, params.flow ?? '', await bodyOf(request, startGateSchema))
);
