/** A workflow that is no published flow, seen as a flow without steps: its activities still have rows and its retries a sentence. */
import type { FlowManifest } from '@/engine/flow/manifest';

export function blankManifest(workflowType: string): FlowManifest {
  return {
    format: 1,
    flow: workflowType,
    version: 0,
    revision: '',
    workflowType,
    document: {
      format: 1,
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
