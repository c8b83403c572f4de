/** A run's address, from a route's parameters. */
import type { RunAddress } from '../runs/address';

export const runOf = ({ workflowId = '', runId = '' }: Record<string, string>): RunAddress => ({ workflowId, runId });
