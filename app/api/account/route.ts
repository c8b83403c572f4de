import { ownSession } from '@/app/_server/http/handle';
import { readOwnAccount } from '@/app/_server/people/own-account';

export const GET = ownSession(async ({ web, session }) => readOwnAccount(web, session));
