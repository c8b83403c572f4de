/** Publishes a document as the next version. The engine compiles and type-checks it; problems are returned by node. */
import type { PublishFlow, PublishedVersion } from '@/app/_contract/flows';
import type { Diagnostic } from '@/engine/flow/diagnostic';
import { isBuiltIn } from '@/engine/flow/built-in';
import { readFlow } from '@/engine/flow/read';
import { audited, type AuditedChange } from '../audit';
import { notHeard, Refusal } from '../failure';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';
import { missingCandidates } from './missing-candidates';
import { placesOf } from './problems';
import { versionSummary } from './summaries';

export async function publishFlow(
  web: Pick<Web, 'database' | 'log' | 'versions' | 'catalogue' | 'invalidations'>,
  actor: Actor,
  { document, base, note, baseRevision }: PublishFlow,
  details: AuditedChange['details'] = {}
): Promise<PublishedVersion> {
  const target = flowNameOf(document);
  demand(actor, 'flows.publish', target);
  if (isBuiltIn(target))
    throw new Refusal('refused', `'${target}' is a flow of Backstitch itself. Give yours another name.`);
  return audited(web, actor, { operation: 'flows.publish', target, details }, async () => {
    // Also checked here, because a document that is too deep or has invalid text cannot be sent.
    const read = readFlow(document);
    if (!read.document) throw unpublishable(target, read.diagnostics);
    const put = await web.versions
      .putVersion(document, actor.name, base, note?.trim(), baseRevision)
      .catch((error: unknown) =>
        notHeard(
          error,
          `The engine did not answer, so it is not known whether '${target}' was published. Publish it again: the same document never becomes a second version.`
        )
      );
    if (!put.version) throw unpublishable(target, put.diagnostics);
    web.catalogue.changed();
    web.invalidations.announce(['flows']);
    return {
      version: versionSummary(put.version),
      again: put.again,
      warnings: [...put.diagnostics, ...(await missingCandidates(web, read.document))]
        .filter(({ severity }) => severity === 'warning')
        .map(({ nodeId, message, fix }) => ({ nodeId, message: fix ? `${message} ${fix}` : message })),
    };
  });
}

function unpublishable(flow: string, diagnostics: readonly Diagnostic[]): Refusal {
  const problems = placesOf(diagnostics);
  if (diagnostics.some(({ code }) => code === 'published-meanwhile'))
    return new Refusal(
      'publishedMeanwhile',
      `Somebody else has published '${flow}' in the meantime. Nothing was overwritten.`,
      problems
    );
  const count = `${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`;
  return new Refusal('documentInvalid', `'${flow}' cannot be published: ${count}.`, problems);
}

function flowNameOf(document: unknown): string {
  const name = typeof document === 'object' && document !== null && 'name' in document ? document.name : null;
  return typeof name === 'string' ? name.slice(0, 100) : 'a flow without a name';
}
