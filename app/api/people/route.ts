import { signedIn } from '@/app/_server/http/handle';
import { listPeople } from '@/app/_server/people/list';

export const GET = signedIn(async ({ web, actor }) => listPeople(web, actor));
