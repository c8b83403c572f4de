import { getCatalogue } from '@/app/_server/connections/catalogue';
import { signedIn } from '@/app/_server/http/handle';

export const GET = signedIn(({ actor }) => Promise.resolve(getCatalogue(actor)));
