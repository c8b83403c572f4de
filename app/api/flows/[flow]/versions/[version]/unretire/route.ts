import { unretireVersionSchema } from '@/app/_contract/flows';
import { unretireVersion } from '@/app/_server/flows/retire';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  unretireVersion(web, actor, params.flow ?? '', params.version ?? '', await bodyOf(request, unretireVersionSchema))
);
