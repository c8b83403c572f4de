import { expect, test } from 'vitest';
import { jsonPayload } from '../sim/scripted-worker';
import type { WorkflowBundle } from './bundle/bundle';
import { HostedRun } from './hosted-run';
import type { Job } from './sandbox/protocol';
import type { Sandbox } from './sandbox/sandbox';

test('[HOR1] a query reaches the code with its arguments and its headers', async () => {
  const jobs: Job[] = [];
  const activate: Sandbox['activate'] = (activation) => {
    jobs.push(...activation.jobs);
    return Promise.resolve({ commands: [], usedFlags: [], logs: [], origins: null, signalWaits: '' });
  };
  const run = {
    runKey: 1,
    namespace: 'default',
    workflowId: 'w',
    runId: 'r',
    firstRunId: 'r',
    workflowType: 'flow',
    taskQueue: 'q',
  };
  const hosted = new HostedRun({ activate } as unknown as Sandbox, run, { id: 'bundle' } as WorkflowBundle);
  const header = { fields: { tenant: jsonPayload('harbour') } };
  await hosted.answer([{ id: 'q', query: { queryType: 'total', queryArgs: { payloads: [jsonPayload(1)] }, header } }]);
  const { queryWorkflow } = jobs[0]!;
  const { arguments: args, headers } = queryWorkflow ?? {};
  const texts = [args?.[0]?.data, headers?.tenant?.data].map((data) => new TextDecoder().decode(data ?? undefined));
  expect([queryWorkflow?.queryType, ...texts]).toEqual(['total', '1', '"harbour"']);
});
