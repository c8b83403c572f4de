/**
 * Creates a draft: empty, from a document, of a published version, or as a copy. The browser chooses the id, so that
 * the same request sent twice creates one draft.
 */
import { createHash } from 'node:crypto';
import { DRAFT_BYTES_MOST, type CreateDraft, type DraftSummary } from '@/app/_contract/drafts';
import { idFor } from '@/engine/flow/edit/compose';
import { draftOf, type Draft } from '@/engine/flow/edit/draft';
import { draftProblem } from '@/engine/flow/edit/check';
import { oneLineTitles } from '@/engine/flow/edit/titles';
import { flowNameSchema } from '@/engine/flow/names';
import { readFlow } from '@/engine/flow/read';
import { nameProblem, storableText } from '@/engine/plain-text';
import { audited } from '../audit';
import { demandServices } from '../examples/connect';
import { Refusal } from '../failure';
import { placesOf } from '../flows/problems';
import { demand, type Actor } from '../people/actor';
import { templateOfFlow } from '../templates/made';
import { demandTemplate, templateDocument } from '../templates/templates';
import type { Web } from '../web';
import { bytesOf } from './open-draft';
import { lockDraftOf, openDraftOf } from './open-draft-of';
import { contentOf } from './states';
import { listed, newestVersions, readStored, summaryOf, type StoredDraft } from './stored';

type Parts = Pick<Web, 'database' | 'log' | 'catalogue' | 'drafts' | 'invalidations' | 'versions'>;
type From = CreateDraft['from'];

interface Made {
  draft: Draft;
  /** The flow that the draft belongs to, with the version that it was made of; null: a flow of its own. */
  of: { flow: string; version: number; revision: string } | null;
  template: string | null;
}

export async function createDraft(web: Parts, actor: Actor, { id, from }: CreateDraft): Promise<DraftSummary> {
  const flow = from.kind === 'version' ? nameOfFlow(from.flow) : null;
  demand(actor, 'drafts.create', flow);
  const madeFrom = createHash('sha256').update(JSON.stringify(from)).digest('hex');
  const existing = (await existingDraft(web, actor, id, madeFrom)) ?? (flow && (await openDraftOf(web.database, flow)));
  if (existing) return summaryOf(existing, await newestVersions(web));
  const details = { from: from.kind, ...(flow === null ? {} : { flow }) };
  return audited(web, actor, { operation: 'drafts.create', target: id, details }, async () => {
    const { draft, of, template } = await make(web, actor, from);
    if (bytesOf(draft) > DRAFT_BYTES_MOST)
      throw new Refusal('payloadTooLarge', 'A draft has at most 2 MB. Nothing was created.');
    const by = { id: actor.id, name: actor.name };
    const stored = await web.database.$transaction(async (tx) => {
      if (of) {
        // Two people who press 'Edit' at the same moment get one draft.
        await lockDraftOf(tx, of.flow);
        const open = from.kind === 'version' ? await openDraftOf(tx, of.flow) : null;
        if (open) return open;
      }
      const { count } = await tx.draft.createMany({
        data: [
          {
            id,
            ...listed(draft),
            flow: of?.flow ?? null,
            base: of?.version ?? null,
            baseRevision: of?.revision ?? null,
            tags: [],
            madeFrom,
            template,
            createdById: by.id,
            createdByName: by.name,
            changedById: by.id,
            changedByName: by.name,
          },
        ],
        skipDuplicates: true,
      });
      if (count > 0) await tx.draftSnapshot.create({ data: { draftId: id, number: 0, ...contentOf(draft) } });
      return null;
    });
    const created = stored ?? (await existingDraft(web, actor, id, madeFrom));
    if (!created) throw new Refusal('draftNotFound', 'There is no such draft.');
    web.invalidations.announce(['drafts']);
    return summaryOf(created, await newestVersions(web));
  });
}

/** Throws `requestReused` if the id is that of a draft which was created by another request. */
async function existingDraft(
  { database }: Pick<Web, 'database'>,
  actor: Actor,
  id: string,
  madeFrom: string
): Promise<StoredDraft | null> {
  const found = await database.draft.findUnique({ where: { id } });
  if (!found || (found.createdById === actor.id && found.madeFrom === madeFrom)) return found;
  throw new Refusal('requestReused', 'Another request has created a draft with this id. Nothing was created.');
}

async function make(web: Parts, actor: Actor, from: From): Promise<Made> {
  switch (from.kind) {
    case 'empty': {
      const problem = nameProblem(from.title);
      if (problem)
        throw new Refusal('inputInvalid', `The title ${problem}.`, [{ at: '/from/title', message: problem }]);
      const flow = { name: await freeName(web, from.title), title: from.title, input: { type: 'object' } };
      return { draft: { flow, steps: [], tray: [] }, of: null, template: null };
    }
    case 'document':
      return { draft: imported(from.document), of: null, template: null };
    case 'template': {
      const template = demandTemplate(from.template);
      await demandServices(web, actor, template.connections);
      const document = templateDocument(template);
      const name = await freeName(web, document.title);
      const [, number] = /-(\d+)$/.exec(name) ?? [];
      const title = number === undefined ? document.title : `${document.title} ${number}`;
      return { draft: draftOf({ ...document, name, title }), of: null, template: template.name };
    }
    case 'version': {
      const { draft, version, revision } = await published(web, nameOfFlow(from.flow), from.version);
      return { draft, of: { flow: from.flow, version, revision }, template: await templateOfFlow(web, from.flow) };
    }
    case 'copyVersion': {
      demand(actor, 'flows.get', nameOfFlow(from.flow));
      const { draft } = await published(web, from.flow, from.version);
      return { draft: await copyOf(web, draft), of: null, template: await templateOfFlow(web, from.flow) };
    }
    case 'copy': {
      const source = await readStored(web, actor, from.draft, 'drafts.get');
      return { draft: await copyOf(web, await web.drafts.newest(source)), of: null, template: source.template };
    }
  }
}

/** Throws `documentInvalid` with the place of each problem. */
function imported(document: unknown): Draft {
  const read = readFlow(document);
  if (!read.document) {
    const problems = placesOf(read.diagnostics);
    const count = `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`;
    throw new Refusal('documentInvalid', `The document cannot be imported: ${count}. Nothing was created.`, problems);
  }
  const draft = oneLineTitles(draftOf(read.document));
  const problem = draftProblem(draft);
  if (problem === null) return draft;
  const at = problem.nodeId ?? '/';
  throw new Refusal('documentInvalid', 'The document cannot be imported: 1 problem. Nothing was created.', [
    { at, message: problem.refusal.message },
  ]);
}

async function published(
  web: Parts,
  flow: string,
  version?: number
): Promise<{ draft: Draft; version: number; revision: string }> {
  const versions = (await web.catalogue.list()).filter((each) => each.flow === flow);
  if (versions.length === 0) throw new Refusal('flowNotFound', `There is no flow named '${flow}'.`);
  const wanted = version ?? Math.max(...versions.map((each) => each.version));
  const chosen = versions.find((each) => each.version === wanted && each.live);
  if (!chosen) throw new Refusal('versionNotFound', `'${flow}' has no version ${wanted}.`);
  const { document } = await web.catalogue.content(flow, wanted, chosen.revision);
  return { draft: draftOf(document), version: wanted, revision: chosen.revision };
}

async function copyOf(web: Parts, { flow, steps, tray }: Draft): Promise<Draft> {
  const title = storableText(`Copy of ${typeof flow.title === 'string' ? flow.title : 'a flow'}`.slice(0, 120));
  return { flow: { ...flow, name: await freeName(web, title), title }, steps, tray };
}

/** A name after a title that neither a published flow nor another draft has. */
async function freeName(web: Parts, title: string): Promise<string> {
  const wanted = idFor(title, new Set());
  const names = await web.database.draft.findMany({ where: { name: { startsWith: wanted } }, select: { name: true } });
  const flows = (await newestVersions(web))?.keys() ?? [];
  return idFor(title, new Set([...names.map(({ name }) => name), ...flows]));
}

function nameOfFlow(flow: string): string {
  if (!flowNameSchema.safeParse(flow).success) throw new Refusal('flowNotFound', 'There is no such flow.');
  return flow;
}
