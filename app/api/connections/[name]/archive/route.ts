import { archiveSchema } from '@/app/_contract/connections';
import { archiveConnection } from '@/app/_server/connections/put';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, request, params }) => {
  const { archived } = await bodyOf(request, archiveSchema);
  return archiveConnection(web, actor, params.name ?? '', archived);
});
