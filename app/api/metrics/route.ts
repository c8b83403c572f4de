import { signedIn } from '@/app/_server/http/handle';
import { readMetrics } from '@/app/_server/metrics/read';

export const GET = signedIn(async ({ web, actor }) => readMetrics(web, actor));
