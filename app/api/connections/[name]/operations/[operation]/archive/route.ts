import { archiveSchema } from '@/app/_contract/connections';
import { archiveOperation } from '@/app/_server/connections/put';
import { bodyOf, signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(async ({ web, actor, request, params }) => {
  const { archived } = await bodyOf(request, archiveSchema);
  const place = { connection: params.name ?? '', name: params.operation ?? '' };
  return archiveOperation(web, actor, place, archived);
});
