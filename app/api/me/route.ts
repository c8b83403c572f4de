import { signedIn } from '@/app/_server/http/handle';

export const GET = signedIn(async ({ actor }) => ({ person: actor }));
