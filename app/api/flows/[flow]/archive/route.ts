import { archiveFlowSchema } from '@/app/_contract/flows';
import { archiveFlow } from '@/app/_server/flows/retire';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  archiveFlow(web, actor, params.flow ?? '', await bodyOf(request, archiveFlowSchema))
);
