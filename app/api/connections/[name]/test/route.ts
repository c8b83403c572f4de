import { nothingSchema } from '@/app/_contract/people';
import { testConnection } from '@/app/_server/connections/call';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, request, params }) => {
  await bodyOf(request, nothingSchema);
  return testConnection(web, actor, params.name ?? '');
});
