import { open } from '@/app/_server/http/handle';
import { finishWithProvider } from '@/app/_server/people/sign-in-by-provider';

/** The one GET that begins something: the provider sends the browser here, with what it was sent away with. */
export const GET = open(({ web, request }) => finishWithProvider(web, request));
