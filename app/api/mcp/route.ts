import { answerAgent } from '@/app/_server/api/mcp';
import { signedIn } from '@/app/_server/http/handle';

export const POST = signedIn(({ web, actor, request }) => answerAgent(web, actor, request));
