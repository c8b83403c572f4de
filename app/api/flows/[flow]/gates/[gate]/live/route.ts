import { goLiveSchema } from '@/app/_contract/gates';
import { goLive } from '@/app/_server/gates/go-live';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  goLive(web, actor, params.flow ?? '', params.gate ?? '', await bodyOf(request, goLiveSchema))
);
