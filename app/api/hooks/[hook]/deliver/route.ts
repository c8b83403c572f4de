import { receive } from '@/app/_server/hooks/receive';
import { open } from '@/app/_server/http/handle';

/** Another system proves itself by the secret of the webhook. */
export const POST = open(({ web, params, request }) => receive(web, params.hook ?? '', request));
