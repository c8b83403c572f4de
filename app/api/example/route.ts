import { installExampleSchema } from '@/app/_contract/flows';
import { installExample } from '@/app/_server/examples/install';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, request }) => {
  await bodyOf(request, installExampleSchema);
  return installExample(web, actor);
});
