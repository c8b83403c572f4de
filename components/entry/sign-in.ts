import type { SignedIn, SignIn, SignInCode } from '@/app/_contract/people';
import { routes } from '@/app/_contract/routes';
import { postJson } from '@/components/live/api';

/** Sets the session's cookie, or that of a first step. Rejects with the server's refusal. */
export function signIn({ email, password }: SignIn): Promise<SignedIn> {
  return postJson(routes.signIn(), { email, password });
}

/** The second step; sets the session's cookie. Rejects with the server's refusal. */
export function signInWithCode(code: SignInCode): Promise<SignedIn> {
  return postJson(routes.signInWithCode(), code);
}
