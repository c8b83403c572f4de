import { pages } from '@/app/_contract/routes';
import { open } from '@/app/_server/http/handle';
import { unsubscribe } from '@/app/_server/notifications/settings';

/** Programs that look at links send it: nothing is changed. */
export const GET = open(({ params }) =>
  Promise.resolve(new Response(null, { status: 303, headers: { location: pages.unsubscribe(params.token ?? '') } }))
);
/** A mail program sends a form (RFC 8058), the page sends nothing: all that counts is the token. */
export const POST = open(({ web, params, request }) => unsubscribe(web, request.headers, params.token ?? ''));
