/** Links: what caused a request elsewhere. They are kept with the event that the request writes. */
import { temporal } from '../../proto';
import { idOf } from '../../proto-time';
import { invalid } from '../errors';

type Link = temporal.api.common.v1.ILink;

const MAX_LINKS = 10;
const MAX_BYTES = 4_000;
const VARIANTS = ['workflowEvent', 'batchJob', 'activity', 'nexusOperation', 'workflow'] as const;

/** Throws INVALID_ARGUMENT, as `validateLinks` of a Temporal server (service/frontend/workflow_handler.go). */
export function demandLinks(links: readonly Link[] | null | undefined): void {
  if (!links) return;
  if (links.length > MAX_LINKS) throw invalid('links', `at most ${MAX_LINKS} are allowed, not ${links.length}`);
  for (const link of links) {
    const problem = problemOf(link);
    if (problem) throw invalid('links', problem);
  }
}

function problemOf(link: Link): string | null {
  const bytes = temporal.api.common.v1.Link.encode(link).len;
  if (bytes > MAX_BYTES) return `one has ${bytes} bytes, at most ${MAX_BYTES} are allowed`;
  if (!VARIANTS.some((variant) => link[variant])) return 'one has no variant that this engine knows';
  const { workflowEvent: event, batchJob } = link;
  if (batchJob && !batchJob.jobId) return 'batch_job.job_id is not set';
  if (!event) return null;
  if (!event.namespace) return 'workflow_event.namespace is not set';
  if (!event.workflowId) return 'workflow_event.workflow_id is not set';
  if (!event.runId) return 'workflow_event.run_id is not set';
  const { eventType, eventId } = event.eventRef ?? {};
  return !eventType && idOf(eventId) !== 0 ? 'workflow_event.event_ref has an event_id and no event_type' : null;
}
