/**
 * Treats a workflow that is not a published flow as a flow without steps, so that its activities have rows and its
 * retries have a sentence.
 */
import { FLOW_FORMAT } from '@/engine/flow/document';
import type { FlowManifest } from '@/engine/flow/manifest';

export function blankManifest(workflowType: string): FlowManifest {
  return {
    format: 1,
    flow: workflowType,
    version: 0,
    revision: '',
    workflowType,
    document: {
      format: FLOW_FORMAT,
      name: workflowType,
      title: workflowType,
      input: {},
      variables: {},
      signals: {},
      queries: {},
      updates: {},
      rollback: { onFailure: 'ask' },
      steps: [],
      scenarios: [],
    },
    nodes: {},
    sha: '',
  };
}
