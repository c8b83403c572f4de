/**
 * The API for other systems, version 1: one table. The REST door (router.ts), its OpenAPI document (openapi.ts) and the
 * tools for agents (mcp.ts) are made from it, so none of them can say what another does not do. An endpoint parses,
 * calls the operation that the screens call, and says its answer in the words of app/_contract/api.ts.
 */
import type { z } from 'zod';
import * as api from '@/app/_contract/api';
import { inboxQuerySchema } from '@/app/_contract/inbox';
import { runsQuerySchema } from '@/app/_contract/runs';
import type { Operation } from '@/engine/permissions/permissions';
import { decideTask } from '../inbox/decide';
import { getTask } from '../inbox/get';
import { listInbox } from '../inbox/list';
import type { Actor } from '../people/actor';
import { cancelRun } from '../runs/cancel';
import { listRuns } from '../runs/list';
import { queryRun } from '../runs/query';
import { signalRun } from '../runs/signal';
import { updateRun } from '../runs/update';
import type { Web } from '../web';
import { flowOf, flowsOf } from './flows';
import { describeApiRun, demandRunOf, isoOf, startApiRun, summaryIn } from './runs';
import { taskIn } from './tasks';

export const API_ROOT = '/api/v1';

export interface ApiCall<Query, Body> {
  web: Web;
  actor: Actor;
  /** The named parts of the address, decoded. */
  params: Readonly<Record<string, string>>;
  query: Query;
  body: Body;
  /** The same for each repetition of a request with an Idempotency-Key. */
  requestId: string;
}

export interface Endpoint<Query = unknown, Body = unknown> {
  /** The operation id of the document, and the name of the tool. */
  id: string;
  method: 'GET' | 'POST';
  /** Below API_ROOT: '/flows/{flow}/runs'. */
  path: string;
  /** What it does, in one sentence. */
  summary: string;
  /** Asked by the operation itself; here for the document and for lists of tools. */
  permission: Operation;
  query?: z.ZodType<Query>;
  body?: z.ZodType<Body>;
  /** A repetition with the same Idempotency-Key does nothing more than the first one. */
  takesKey?: boolean;
  answer: z.ZodType;
  call(call: ApiCall<Query, Body>): Promise<unknown>;
}
/** Types the call by its schemas. */
const endpoint = <Query, Body>(each: Endpoint<Query, Body>): Endpoint => each as Endpoint;

const ofRun = ({ flow = '', workflowId = '' }: Readonly<Record<string, string>>) => ({ flow, workflowId });

export const ENDPOINTS: readonly Endpoint[] = [
  endpoint({
    id: 'listFlows',
    method: 'GET',
    path: '/flows',
    summary: 'The flows that can be read.',
    permission: 'flows.list',
    answer: api.apiFlowsSchema,
    call: async ({ web, actor }) => ({ flows: await flowsOf(web, actor) }),
  }),
  endpoint({
    id: 'getFlow',
    method: 'GET',
    path: '/flows/{flow}',
    summary: 'One flow: the schemas of its input, signals, updates and queries.',
    permission: 'flows.get',
    answer: api.apiFlowDetailSchema,
    call: ({ web, actor, params }) => flowOf(web, actor, params.flow ?? ''),
  }),
  endpoint({
    id: 'startRun',
    method: 'POST',
    path: '/flows/{flow}/runs',
    summary: 'Start a run of a flow.',
    permission: 'runs.start',
    body: api.apiStartSchema,
    takesKey: true,
    answer: api.apiStartedSchema,
    call: ({ web, actor, params, body, requestId }) => startApiRun(web, actor, params.flow ?? '', body, requestId),
  }),
  endpoint({
    id: 'listRuns',
    method: 'GET',
    path: '/flows/{flow}/runs',
    summary: 'Runs of a flow, the newest first.',
    permission: 'runs.list',
    query: api.apiRunsQuerySchema,
    answer: api.apiRunsSchema,
    call: async ({ web, actor, params, query: { outcome, ...query } }) => {
      const asked = runsQuerySchema.parse({ ...query, flow: params.flow, standing: outcome });
      const { runs, nextPageToken } = await listRuns(web, actor, asked);
      return { runs: runs.map((each) => summaryIn(web, each)), nextPageToken };
    },
  }),
  endpoint({
    id: 'describeRun',
    method: 'GET',
    path: '/flows/{flow}/runs/{workflowId}',
    summary: 'One run: its state, result or failure, who is asked, and each effect: whether it happened and remains.',
    permission: 'runs.get',
    query: api.apiRunQuerySchema,
    answer: api.apiRunSchema,
    call: ({ web, actor, params, query }) => describeApiRun(web, actor, ofRun(params), query),
  }),
  endpoint({
    id: 'signalRun',
    method: 'POST',
    path: '/flows/{flow}/runs/{workflowId}/signals/{signal}',
    summary: 'Send a signal that the flow declares. Nothing is answered.',
    permission: 'runs.signal',
    body: api.apiMessageSchema,
    takesKey: true,
    answer: api.apiReceiptSchema,
    call: async ({ web, actor, params, body, requestId }) => {
      const run = await demandRunOf(web, actor, 'runs.signal', ofRun(params));
      const message = { name: params.signal ?? '', input: body.input, requestId };
      return receiptIn(await signalRun(web, actor, run, message));
    },
  }),
  endpoint({
    id: 'updateRun',
    method: 'POST',
    path: '/flows/{flow}/runs/{workflowId}/updates/{update}',
    summary: 'Send an update that the flow declares, and wait for its answer.',
    permission: 'runs.update',
    body: api.apiMessageSchema,
    takesKey: true,
    answer: api.apiAnswerSchema,
    call: async ({ web, actor, params, body, requestId }) => {
      const run = await demandRunOf(web, actor, 'runs.update', ofRun(params));
      return updateRun(web, actor, run, { name: params.update ?? '', input: body.input, requestId });
    },
  }),
  endpoint({
    id: 'queryRun',
    method: 'POST',
    path: '/flows/{flow}/runs/{workflowId}/queries/{query}',
    summary: 'Ask a run, open or closed. Changes nothing.',
    permission: 'runs.query',
    body: api.apiMessageSchema,
    answer: api.apiAnswerSchema,
    call: async ({ web, actor, params, body }) => {
      const run = await demandRunOf(web, actor, 'runs.query', ofRun(params));
      return queryRun(web, actor, run, { name: params.query ?? '', input: body.input });
    },
  }),
  endpoint({
    id: 'cancelRun',
    method: 'POST',
    path: '/flows/{flow}/runs/{workflowId}/cancel',
    summary: 'Stop a run and undo what it did.',
    permission: 'runs.cancel',
    body: api.apiCancelSchema,
    takesKey: true,
    answer: api.apiReceiptSchema,
    call: async ({ web, actor, params, body, requestId }) => {
      const run = await demandRunOf(web, actor, 'runs.cancel', ofRun(params));
      return receiptIn(await cancelRun(web, actor, run, { ...body, requestId }));
    },
  }),
  endpoint({
    id: 'listTasks',
    method: 'GET',
    path: '/tasks',
    summary: 'Approvals: those that wait, the caller’s own first, or those that are settled, the newest first.',
    permission: 'inbox.list',
    query: api.apiTasksQuerySchema,
    answer: api.apiTasksSchema,
    call: async ({ web, actor, query }) => {
      const { tasks } = await listInbox(web, actor, inboxQuerySchema.parse(query));
      return { tasks: tasks.map(taskIn) };
    },
  }),
  endpoint({
    id: 'getTask',
    method: 'GET',
    path: '/tasks/{taskId}',
    summary: 'One approval, with the data to decide on.',
    permission: 'inbox.get',
    answer: api.apiTaskSchema,
    call: async ({ web, actor, params }) => taskIn((await getTask(web, actor, params.taskId ?? '')).task),
  }),
  endpoint({
    id: 'decideTask',
    method: 'POST',
    path: '/tasks/{taskId}/decision',
    summary: 'Approve, reject or take a named decision. The decision is bound to the data that was read, by its hash.',
    permission: 'inbox.decide',
    body: api.apiDecideSchema,
    takesKey: true,
    answer: api.apiDecidedSchema,
    call: async ({ web, actor, params, body, requestId }) => {
      const { atMs, goesOnAtMs, ...decided } = await decideTask(web, actor, params.taskId ?? '', {
        ...body,
        decisionId: requestId,
      });
      return { ...decided, at: isoOf(atMs), goesOnAt: goesOnAtMs === null ? null : isoOf(goesOnAtMs) };
    },
  }),
];

const receiptIn = ({ by, at }: { by: string; at: number }) => ({ by, at: isoOf(at) });
