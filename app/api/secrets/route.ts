import { putSecretSchema } from '@/app/_contract/connections';
import { bodyOf, signedIn } from '@/app/_server/http/handle';
import { listSecrets, putSecret } from '@/app/_server/secrets/secrets';

export const GET = signedIn(async ({ web, actor }) => listSecrets(web, actor));
export const POST = signedIn(async ({ web, actor, request }) =>
  putSecret(web, actor, await bodyOf(request, putSecretSchema))
);
