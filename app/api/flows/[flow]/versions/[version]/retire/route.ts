import { retireVersionSchema } from '@/app/_contract/flows';
import { retireVersion } from '@/app/_server/flows/retire';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  retireVersion(web, actor, params.flow ?? '', params.version ?? '', await bodyOf(request, retireVersionSchema))
);
