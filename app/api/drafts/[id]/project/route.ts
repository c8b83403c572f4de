import { exportDraft } from '@/app/_server/flows/project';
import { signedIn } from '@/app/_server/http/handle';

export const GET = signedIn(async ({ web, actor, params }) => exportDraft(web, actor, params.id ?? ''));
