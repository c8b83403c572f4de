/**
 * A scenario is a list of calls that gives the same answers whenever it is played: no call depends on how quickly
 * something else happens. Where a server does a thing later than its answer (lists, deletion, a worker), the next call
 * has `until`: it is repeated until its answer is so.
 *
 * Names are unique over all scenarios, and a scenario uses only workflow ids that begin with its own name, so that all
 * of them are played on one server.
 */
import Long from 'long';
import type { temporal } from '../proto';
import type { Json, MethodName, RequestTypes } from './wire';

/** Reads from an answer of before: `get('first', 'runId')`. */
export type Get = (step: string, path: string) => string;

export interface Step {
  method: MethodName;
  request: object | ((get: Get) => object);
  /** So that later steps can read from the answer, and ids in it have this name in what is compared. */
  as?: string;
  /** The call is repeated until this is true of its message. */
  until?: (answer: { [key: string]: Json }) => boolean;
  /** The answer is not compared: it is there for its effect. */
  unread?: true;
}

export interface Scenario {
  name: string;
  steps: Step[];
}

export const NAMESPACE = 'default';
/** Nobody polls it, and the embedded worker does not serve it. */
export const NOBODYS_QUEUE = { name: 'nobody' };
/** Served by the workers of both sides (histories.ts). */
export const SERVED_QUEUE = { name: 'backstitch' };

type More = Omit<Step, 'method' | 'request'>;

/** A call in the default namespace, unless the request names another. */
export function call<Name extends MethodName>(
  method: Name,
  request: RequestTypes[Name] | ((get: Get) => RequestTypes[Name]),
  more: More = {}
): Step {
  const inNamespace = (asked: object) => ({ namespace: NAMESPACE, ...asked });
  return {
    method,
    request:
      typeof request === 'function' ? (get) => inNamespace(request(get) as object) : inNamespace(request as object),
    ...more,
  };
}

type Start = temporal.api.workflowservice.v1.IStartWorkflowExecutionRequest;

/** The start of a run that stays open: nobody has its queue. */
export const start = (workflowId: string, request: Start | ((get: Get) => Start) = {}, more: More = {}): Step => {
  const whole = (asked: Start): Start => ({
    workflowId,
    workflowType: { name: 'order' },
    taskQueue: NOBODYS_QUEUE,
    requestId: `start of ${workflowId}`,
    ...asked,
  });
  const asked = typeof request === 'function' ? (get: Get) => whole(request(get)) : whole(request);
  return call('StartWorkflowExecution', asked, more);
};

export const describe = (workflowId: string, runId?: (get: Get) => string, more: More = {}): Step =>
  call('DescribeWorkflowExecution', (get) => ({ execution: { workflowId, runId: runId?.(get) } }), more);

export const history = (workflowId: string, more: More = {}): Step =>
  call('GetWorkflowExecutionHistory', { execution: { workflowId } }, more);

export const terminate = (workflowId: string, more: More = {}): Step =>
  call('TerminateWorkflowExecution', { workflowExecution: { workflowId }, reason: 'enough' }, more);

export const seconds = (count: number) => ({ seconds: Long.fromNumber(count) });

export const json = (value: unknown): temporal.api.common.v1.IPayload => ({
  metadata: { encoding: Buffer.from('json/plain') },
  data: Buffer.from(JSON.stringify(value)),
});
export const jsons = (...values: unknown[]): temporal.api.common.v1.IPayloads => ({ payloads: values.map(json) });
