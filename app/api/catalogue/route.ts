import { catalogueQuerySchema } from '@/app/_contract/connections';
import { getCatalogue } from '@/app/_server/connections/catalogue';
import { queryOf, signedIn } from '@/app/_server/http/handle';

export const GET = signedIn(async ({ web, actor, request }) => {
  const { names } = queryOf(request, catalogueQuerySchema);
  return getCatalogue(web, actor, names === undefined ? undefined : { names, brief: false });
});
