import { openApiOf } from '@/app/_server/api/openapi';
import { signedIn } from '@/app/_server/http/handle';

export const GET = signedIn(({ web, actor }) => openApiOf(web, actor));
