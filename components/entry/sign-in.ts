import type { SignIn } from '@/app/_contract/people';
import { routes } from '@/app/_contract/routes';
import { postJson } from '@/components/live/api';

/** Sets the session's cookie. Rejects with the server's refusal. */
export async function signIn({ email, password }: SignIn): Promise<void> {
  await postJson(routes.signIn(), { email, password });
}
