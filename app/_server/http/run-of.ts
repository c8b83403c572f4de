/** The run that a route's parameters address. */
import type { RunAddress } from '../runs/address';

export const runOf = ({ workflowId = '', runId = '' }: Record<string, string>): RunAddress => ({ workflowId, runId });
