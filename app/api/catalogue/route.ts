import { getCatalogue } from '@/app/_server/connections/catalogue';
import { signedIn } from '@/app/_server/http/handle';

export const GET = signedIn(async ({ web, actor }) => getCatalogue(web, actor));
