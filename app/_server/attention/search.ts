/** The filters of the list of runs that show exactly the runs of a group. */
import type { AttentionKind } from '@/app/_contract/attention';
import { typeClause } from '../runs/visibility';

interface Group {
  kind: AttentionKind;
  step: string | null;
  error: string;
  /** Null: workflows that are no flow, of this type. */
  flow: string | null;
  workflowType: string;
}

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
/** Closed runs with effects; the same as Home asks for. */
const REMAINS = 'completedStanding,failedStanding,canceledStanding,terminatedStanding,timedOutStanding';

/** Null: the list cannot show them, because the approval is what waits, not the run. */
export function searchOf(group: Group, sinceMs: number): string | null {
  const where = whereOf(group, sinceMs);
  if (group.kind === 'overdue' || group.kind === 'nobody') return null;
  const search = new URLSearchParams();
  if (group.kind === 'asks') search.set('standing', 'needsHand');
  if (group.kind === 'remains') search.set('standing', REMAINS);
  if (group.flow) search.set('flow', group.flow);
  const parts = [...(group.flow ? [] : [typeClause(group.workflowType)]), ...where];
  if (parts.length > 0) search.set('where', parts.join(' AND '));
  return search.toString();
}

/** The comparisons by which the engine finds the runs of the group, besides their flow and their outcome. */
export function whereOf({ kind, step, error }: Group, sinceMs: number): string[] {
  const mark = `SagaAttention = ${quoted(`${kind} ${step ?? '-'} ${error}`)}`;
  switch (kind) {
    case 'failed':
      return [mark, `CloseTime >= ${quoted(new Date(sinceMs).toISOString())}`];
    case 'retries':
      return [mark];
    case 'stuck':
      return [`TemporalReportedProblems = ${quoted(`cause=WorkflowTaskFailedCause${error}`)}`];
    case 'asks':
      return ['TemporalReportedProblems IS NULL', ...(step === null ? [] : [mark])];
    case 'remains':
      return step === null ? [] : [mark];
    default:
      return [];
  }
}

/** The runs of the group that came after an instant. */
export function freshOf(group: Group, sinceMs: number, afterMs: number): string[] {
  const after = quoted(new Date(afterMs).toISOString());
  const field = { failed: 'CloseTime', remains: 'CloseTime', retries: 'SagaAttentionSince' } as const;
  const by = group.kind in field ? field[group.kind as keyof typeof field] : 'StartTime';
  return [...whereOf(group, sinceMs), `${by} > ${after}`];
}
