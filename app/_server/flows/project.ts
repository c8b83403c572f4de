/**
 * A flow as a project that runs on any Temporal service without Backstitch: a zip. It contains no secret and no
 * address.
 */
import { strToU8, zipSync } from 'fflate';
import { documentOf } from '@/engine/flow/edit/document-of';
import { newestVersions, readStored } from '../drafts/stored';
import { Refusal } from '../failure';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';
import { placesOf } from './problems';

/** Each is compiled, checked and played. */
const EXPORT_LIMIT = { window: 60, max: 20 };

type Parts = Pick<Web, 'database' | 'catalogue' | 'drafts' | 'versions' | 'limits'>;

/** Throws `documentInvalid`. */
export async function exportDraft(web: Parts, actor: Actor, id: string): Promise<Response> {
  const stored = await readStored(web, actor, id, 'drafts.get');
  const [draft, newest] = await Promise.all([web.drafts.newest(stored), newestVersions(web)]);
  const version = (stored.flow === null ? 0 : (newest?.get(stored.flow) ?? stored.base ?? 0)) + 1;
  const { document, problems } = documentOf(draft);
  const faults = placesOf(problems);
  if (faults.length > 0) throw unready(stored.title, faults);
  return zipped(web, actor, document, version, null);
}

/** Throws `versionNotFound`. */
export async function exportVersion(web: Parts, actor: Actor, flow: string, version: number): Promise<Response> {
  demand(actor, 'flows.get', flow);
  const found = (await web.catalogue.list()).find((each) => each.flow === flow && each.version === version);
  if (!found) throw new Refusal('versionNotFound', `'${flow}' has no version ${version}.`);
  const { manifest } = await web.catalogue.content(flow, version, found.revision);
  return zipped(web, actor, manifest.document, version, manifest.workflowType);
}

async function zipped(
  web: Parts,
  actor: Actor,
  document: { name: string; title: string },
  version: number,
  workflowType: string | null
): Promise<Response> {
  const { allowed } = await web.limits.consume(`export:${actor.id}`, EXPORT_LIMIT);
  if (!allowed) throw new Refusal('tooManyTries', 'You have exported very often in the last minute.');
  const made = await web.versions.project(document, version, workflowType);
  if (!('files' in made)) throw unready(document.title, placesOf(made.diagnostics));
  // A project has the code of all flows below it, too.
  for (const flow of made.flows) demand(actor, 'flows.get', flow);
  const { name } = document;
  const entries = Object.entries(made.files).map(([path, text]) => [`${name}/${path}`, strToU8(text)] as const);
  return new Response(Buffer.from(zipSync(Object.fromEntries(entries))), {
    headers: {
      'content-type': 'application/zip',
      'content-disposition': `attachment; filename="${name}-v${version}.zip"`,
      'cache-control': 'no-store',
    },
  });
}

const unready = (title: string, faults: ReturnType<typeof placesOf>): Refusal => {
  const count = `${faults.length} ${faults.length === 1 ? 'problem' : 'problems'}`;
  return new Refusal('documentInvalid', `'${title}' cannot be exported as a project yet: ${count}.`, faults);
};
