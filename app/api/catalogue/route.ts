import { catalogueQuerySchema } from '@/app/_contract/connections';
import { getCatalogue } from '@/app/_server/connections/catalogue';
import { queryOf, signedIn } from '@/app/_server/http/handle';

export const GET = signedIn(async ({ web, actor, request }) => {
  const { names, brief } = queryOf(request, catalogueQuerySchema);
  const choice =
    names === undefined && brief === undefined ? undefined : { names: names ?? [], brief: brief === 'yes' };
  return getCatalogue(web, actor, choice);
});
