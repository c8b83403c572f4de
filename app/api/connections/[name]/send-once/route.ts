import { sendOnceSchema } from '@/app/_contract/connections';
import { sendOnce } from '@/app/_server/connections/call';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  sendOnce(web, actor, params.name ?? '', await bodyOf(request, sendOnceSchema))
);
