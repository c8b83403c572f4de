/** A run in one text, as addresses of pages name it: `<workflow id>/<run id>`. */
import type { RunName } from './batches';

export const toRunAddress = ({ workflowId, runId }: RunName): string => `${workflowId}/${runId}`;

/** Null if the text names no run. A workflow id may contain '/', a run id may not. */
export function fromRunAddress(address: unknown): RunName | null {
  if (typeof address !== 'string') return null;
  const cut = address.lastIndexOf('/');
  const [workflowId, runId] = [address.slice(0, Math.max(0, cut)), address.slice(cut + 1)];
  return workflowId === '' || runId === '' ? null : { workflowId, runId };
}
