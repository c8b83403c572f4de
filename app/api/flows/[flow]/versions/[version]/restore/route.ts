import { restoreVersionSchema } from '@/app/_contract/flows';
import { restoreVersion } from '@/app/_server/flows/restore-version';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  restoreVersion(web, actor, params.flow ?? '', params.version ?? '', await bodyOf(request, restoreVersionSchema))
);
