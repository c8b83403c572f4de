/** Reads two states of a flow that are to be compared. */
import type { ComparedSide, FlowComparison } from '@/app/_contract/compare';
import type { VersionMessage } from '@/engine/api/client';
import { activitiesNamed } from '@/engine/flow/catalogue-parts';
import { draftOf } from '@/engine/flow/edit/draft';
import { getCatalogue } from '../connections/catalogue';
import { draftAt } from '../drafts/get';
import { openDraftOf } from '../drafts/open-draft-of';
import { readStored } from '../drafts/stored';
import { Refusal } from '../failure';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';
import { servedOf, versionSummary } from './summaries';
import { versionIn, versionsOf } from './versions';

type Parts = Pick<Web, 'catalogue' | 'database' | 'drafts' | 'versions'>;

/**
 * Without `from` or `to`: the two newest versions, or the newest and the open draft. Throws `flowNotFound`,
 * `versionNotFound`, `draftNotFound`.
 */
export async function compareFlow(
  web: Parts,
  actor: Actor,
  flow: string,
  asked: { from?: string; to?: string }
): Promise<FlowComparison> {
  demand(actor, 'flows.get', flow);
  const [versions, open] = await Promise.all([versionsOf(web, flow), openDraftOf(web.database, flow)]);
  const newest = versions[0]!;
  const to = asked.to ?? (open ? `draft:${open.id}` : String(newest.version));
  const from = asked.from ?? String(to === String(newest.version) ? (versions[1] ?? newest).version : newest.version);
  const [left, right] = await Promise.all([sideOf(web, actor, flow, from), sideOf(web, actor, flow, to)]);
  const names = activitiesNamed([left.draft, right.draft]);
  const { catalogue } = await getCatalogue(web, actor, { names, brief: false });
  const served = servedOf(versions)?.version;
  const choices = [
    ...(open ? [{ key: `draft:${open.id}`, label: 'Draft', description: `changed by ${open.changedByName}` }] : []),
    ...versions.map((each) => ({
      key: String(each.version),
      label: `v${each.version}`,
      description: `${each.createdBy || 'Backstitch'}${each.version === served ? ', new runs start with it' : ''}`,
    })),
  ];
  // A state that is named in the address is a choice too.
  const named = [left, right].filter(({ key }) => !choices.some((each) => each.key === key));
  return {
    flow,
    title: newest.title || flow,
    from: left,
    to: right,
    choices: [...named.map(({ key, label, by }) => ({ key, label, description: by ?? '' })), ...choices],
    catalogue,
  };
}

async function sideOf(web: Parts, actor: Actor, flow: string, key: string): Promise<ComparedSide> {
  const [, id, at] = /^draft:([0-9a-f-]{36})(?:@(\d{1,9}))?$/.exec(key) ?? [];
  if (id) return draftSide(web, actor, flow, key, id, at === undefined ? null : Number(at));
  const version = await versionOrRevision(web, flow, key);
  const { document, code } = await web.catalogue.content(flow, version.version, version.revision);
  const { publishedBy, publishedMs, note } = versionSummary(version);
  return {
    key: isRevision(key) ? version.revision : String(version.version),
    label: isRevision(key) ? version.revision : `v${version.version}`,
    draft: draftOf(document),
    code,
    workflowType: version.workflowType,
    note,
    by: publishedBy,
    atMs: publishedMs,
  };
}

const isRevision = (key: string): boolean => /^v\d{1,9}\.\d{1,9}$/.test(key);

/** 'v3.1' names a revision that need not be live. Throws `versionNotFound`. */
async function versionOrRevision(web: Parts, flow: string, key: string): Promise<VersionMessage> {
  if (!isRevision(key)) return versionIn(web, flow, key);
  const found = (await web.catalogue.list()).find((each) => each.flow === flow && each.revision === key);
  if (!found) throw new Refusal('versionNotFound', `'${flow}' has no revision ${key}.`);
  return found;
}

async function draftSide(
  web: Parts,
  actor: Actor,
  flow: string,
  key: string,
  id: string,
  number: number | null
): Promise<ComparedSide> {
  const stored = await readStored(web, actor, id, 'drafts.get');
  if (stored.flow !== flow) throw new Refusal('draftNotFound', `There is no such draft of '${flow}'.`);
  const isNow = number === null || number === stored.number;
  return {
    key,
    label: isNow ? 'Draft' : `Draft at change ${number}`,
    draft: isNow ? await web.drafts.newest(stored) : await draftAt(web.database, stored, number),
    code: null,
    workflowType: null,
    note: '',
    by: stored.changedByName,
    atMs: stored.changedAt.getTime(),
  };
}
