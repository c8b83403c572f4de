import { setRolesSchema } from '@/app/_contract/people';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { setRoles } from '@/app/_server/people/set-roles';

export const POST = signedIn(async ({ web, actor, request, params }) =>
  setRoles(web, actor, params.personId ?? '', await bodyOf(request, setRolesSchema))
);
