/**
 * The flow by which an alert is told, from its opening to its end: it tells every target what is new, asks when something is to
 * be told next, and waits for that moment or for a change. The engine keeps it going whatever ends in between.
 *
 * Rules
 * [ALF1] One run for each alert: its workflow id is that of the alert. A run that was terminated or failed is started again; one
 *        that completed is not.
 * [ALF2] Its runs are in a namespace of their own, so they are in no list, count, event and group of the people's runs, and no
 *        rule finds them: an alert is never about an alert. (On a Temporal cluster they are where all runs are, because there
 *        the worker serves one namespace.)
 * [ALF3] The flow is published when it is needed first, and again when a release brings another document.
 */
import { randomUUID } from 'node:crypto';
import { defaultPayloadConverter, toPayloads } from '@temporalio/common';
import type { VersionMessage } from '@/engine/api/client';
import { ALERT_FLOW } from '@/engine/flow/built-in';
import { temporal } from '@/engine/proto';
import { toDuration } from '@/engine/proto-time';
import { changing } from '../engine';
import type { Web } from '../web';

type Starter = Pick<Web, 'config' | 'temporal' | 'versions'>;

const NAMESPACE = 'backstitch-alerts';
const TASK_QUEUE = 'backstitch';
const RETENTION_DAYS = 30;
const GRPC_NOT_FOUND = 5;
const GRPC_ALREADY_EXISTS = 6;
const { WorkflowIdConflictPolicy, WorkflowIdReusePolicy } = temporal.api.enums.v1;

export const ALERT_FLOW_DOCUMENT = {
  format: 2,
  name: ALERT_FLOW,
  title: 'Tell of an alert',
  input: {
    type: 'object',
    required: ['alert', 'targets'],
    additionalProperties: false,
    properties: {
      alert: { type: 'string', title: 'Alert' },
      targets: { type: 'array', title: 'Whom to tell', items: { type: 'string' } },
    },
  },
  signals: { changed: { title: 'The alert has changed', schema: { type: 'object' } } },
  steps: [
    {
      id: 'rounds',
      kind: 'repeat',
      title: 'Until nothing is left to be told',
      until: 'plan.over',
      most: 10_000,
      steps: [
        {
          id: 'targets',
          kind: 'each',
          title: 'Tell everybody what is new',
          items: 'input.targets',
          item: 'target',
          concurrency: 30,
          onFailure: 'collect',
          steps: [
            {
              id: 'tell',
              kind: 'action',
              title: 'Tell one of them',
              activity: 'alert.tell',
              input: { alert: { $expr: 'input.alert' }, target: { $expr: 'target' } },
            },
          ],
        },
        {
          id: 'plan',
          kind: 'action',
          title: 'Look what comes next',
          activity: 'alert.plan',
          input: { alert: { $expr: 'input.alert' } },
        },
        {
          id: 'more',
          kind: 'choice',
          title: 'Is there more?',
          branches: [
            {
              id: 'goes-on',
              title: 'It goes on',
              when: 'plan.over === false',
              steps: [
                {
                  id: 'rest',
                  kind: 'race',
                  title: 'A change, or the next moment',
                  branches: [
                    {
                      id: 'on-change',
                      title: 'It has changed',
                      steps: [{ id: 'changed', kind: 'waitForSignal', title: 'Wait for a change', signal: 'changed' }],
                    },
                    {
                      id: 'on-time',
                      title: 'It is time',
                      steps: [
                        {
                          id: 'pause',
                          kind: 'wait',
                          title: 'Wait for the next moment',
                          duration: { $expr: 'plan.wait' },
                        },
                      ],
                    },
                  ],
                },
              ],
            },
          ],
        },
      ],
    },
  ],
};

export class AlertRuns {
  /** [ALF3] */
  #published: Promise<VersionMessage> | null = null;

  constructor(private readonly web: Starter) {}

  get namespace(): string {
    return this.web.config.foreignCluster ? this.web.config.namespace : NAMESPACE;
  }

  /** [ALF1] Of one that is open, or has completed, nothing is started. */
  async start(id: string, targets: readonly string[]): Promise<void> {
    const { workflowType } = await this.#version();
    const start = () =>
      changing(this.web, () =>
        this.web.temporal.workflowService.startWorkflowExecution({
          namespace: this.namespace,
          workflowId: workflowIdOf(id),
          workflowType: { name: workflowType },
          taskQueue: { name: TASK_QUEUE },
          input: { payloads: toPayloads(defaultPayloadConverter, { alert: id, targets }) },
          identity: 'Backstitch',
          // Not that of an earlier start: the engine would answer with the run that it started, also if that was terminated.
          requestId: randomUUID(),
          workflowIdReusePolicy: WorkflowIdReusePolicy.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY,
          workflowIdConflictPolicy: WorkflowIdConflictPolicy.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING,
        })
      );
    try {
      await start().catch(async (error: unknown) => {
        if (codeOf(error) !== GRPC_NOT_FOUND || this.web.config.foreignCluster) throw error;
        await this.#register();
        return start();
      });
    } catch (error) {
      if (codeOf(error) !== GRPC_ALREADY_EXISTS) throw error;
    }
  }

  /** False: no run of it is open. */
  async changed(id: string): Promise<boolean> {
    try {
      await changing(this.web, () =>
        this.web.temporal.workflowService.signalWorkflowExecution({
          namespace: this.namespace,
          workflowExecution: { workflowId: workflowIdOf(id) },
          signalName: 'changed',
          input: { payloads: toPayloads(defaultPayloadConverter, {}) },
          identity: 'Backstitch',
        })
      );
      return true;
    } catch (error) {
      if (codeOf(error) === GRPC_NOT_FOUND) return false;
      throw error;
    }
  }

  #version(): Promise<VersionMessage> {
    const published = (this.#published ??= this.#publish());
    published.catch(() => {
      if (this.#published === published) this.#published = null;
    });
    return published;
  }

  /** The same document never becomes a second version. */
  async #publish(): Promise<VersionMessage> {
    const { version, diagnostics } = await this.web.versions.putVersion(ALERT_FLOW_DOCUMENT, 'Backstitch');
    if (!version) throw new Error(`the flow of alerts does not compile: ${JSON.stringify(diagnostics)}`);
    return version;
  }

  async #register(): Promise<void> {
    await changing(this.web, () =>
      this.web.temporal.workflowService.registerNamespace({
        namespace: NAMESPACE,
        description: 'Runs of Backstitch itself, by which it tells of alerts.',
        workflowExecutionRetentionPeriod: toDuration(RETENTION_DAYS * 86_400_000),
      })
    ).catch((error: unknown) => {
      // Another process was faster.
      if (codeOf(error) !== GRPC_ALREADY_EXISTS) throw error;
    });
  }
}

export const workflowIdOf = (alertId: string): string => `alert-${alertId}`;

function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
