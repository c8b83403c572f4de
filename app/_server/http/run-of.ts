/** A run's address, from a route's parameters. */
import type { RunAddress } from '../runs/address';

export function runOf({ workflowId = '', runId = '' }: Record<string, string>): RunAddress {
  return { workflowId: textOf(workflowId), runId: textOf(runId) };
}

/** Next hands pages their parameters still encoded, and handlers too where they hold a slash. */
export function textOf(parameter: string): string {
  try {
    return decodeURIComponent(parameter);
  } catch {
    return parameter;
  }
}
