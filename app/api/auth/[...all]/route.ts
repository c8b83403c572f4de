import { Refusal } from '@/app/_server/failure';
import { open } from '@/app/_server/http/handle';
import { signIn, signOut } from '@/app/_server/people/sign-in';

/** Of better-auth's own routes these two are open; every other would be an operation without a role. */
const OPEN = { 'sign-in/email': signIn, 'sign-out': signOut };

export const POST = open(async ({ web, request, params }) => {
  const operation = Object.entries(OPEN).find(([path]) => path === params.all)?.[1];
  if (!operation) throw new Refusal('badRequest', 'There is nothing at this address.');
  return operation(web, request);
});
