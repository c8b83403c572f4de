import { getBatch } from '@/app/_server/batches/get';
import { signedIn } from '@/app/_server/http/handle';

export const GET = signedIn(async ({ web, actor, params }) => getBatch(web, actor, params.batch ?? ''));
