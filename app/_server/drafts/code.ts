/** The code of a draft as it is stored now, as publishing would make it. Nothing is stored or run. */
import type { DraftCodeAnswer } from '@/app/_contract/code';
import { documentOf } from '@/engine/flow/edit/document-of';
import { Refusal } from '../failure';
import type { Actor } from '../people/actor';
import type { Web } from '../web';
import { newestVersions, readStored } from './stored';

/** A browser asks again after an edit was compiled, so this is more than anybody types. */
const CODE_LIMIT = { window: 60, max: 150 };

export async function draftCode(
  web: Pick<Web, 'database' | 'catalogue' | 'drafts' | 'versions' | 'limits'>,
  actor: Actor,
  id: string
): Promise<DraftCodeAnswer> {
  const stored = await readStored(web, actor, id, 'drafts.get');
  const { allowed } = await web.limits.consume(`code:${actor.id}`, CODE_LIMIT);
  if (!allowed) throw new Refusal('tooManyTries', 'The code was asked for very often in the last minute.');
  const [draft, newest] = await Promise.all([web.drafts.newest(stored), newestVersions(web)]);
  const { number, flow } = stored;
  const version = (flow === null ? 0 : (newest?.get(flow) ?? stored.base ?? 0)) + 1;
  const { document, problems } = documentOf(draft);
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) return { number, version, compiled: null, diagnostics: errors };
  return { number, version, ...(await web.versions.compile(document, version)) };
}
