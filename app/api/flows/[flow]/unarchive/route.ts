import { nothingSchema } from '@/app/_contract/people';
import { unarchiveFlow } from '@/app/_server/flows/retire';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, request, params }) => {
  await bodyOf(request, nothingSchema);
  return unarchiveFlow(web, actor, params.flow ?? '');
});
