/**
 * The messages of the API for other systems, version 1 (app/_server/api). What is released here stays: fields may be
 * added, none may change or go. Screens have messages of their own, which may change with every release.
 *
 * Times are ISO 8601 in UTC. The descriptions are the words of the OpenAPI document and of the tools for agents.
 */
import { z } from 'zod';
import { LONGEST_CANDIDATE, MOST_VOTES } from '@/engine/flow/human-limits';
import { TASK_OUTCOMES } from './inbox';
import { LONGEST_WHERE, RUN_STANDINGS, RUN_STATUSES, startRunSchema } from './runs';

/** What `Idempotency-Key` may be. */
export const idempotencyKeySchema = z.string().trim().min(1).max(255);

const time = z.iso.datetime();
const jsonSchema = z.record(z.string(), z.unknown()).describe('A JSON Schema.');
const messages = z.array(z.object({ name: z.string(), title: z.string().nullable(), schema: jsonSchema.nullable() }));

export const apiFlowSchema = z.object({
  name: z.string().describe('The name in addresses.'),
  title: z.string(),
  description: z.string().nullable(),
  version: z.number().int().nullable().describe('New runs start with it. Null: all versions are retired.'),
});
export const apiFlowsSchema = z.object({ flows: z.array(apiFlowSchema) });
export const apiFlowDetailSchema = apiFlowSchema.extend({
  input: jsonSchema.describe('What a start needs.'),
  signals: messages,
  updates: messages,
  queries: messages,
});

export const apiStartSchema = z.strictObject({
  input: startRunSchema.shape.input.describe('Must fit the input schema of the flow.'),
  workflowId: startRunSchema.shape.workflowId.describe(
    'Two open runs cannot have the same one. Left out: the name of the flow and some letters.'
  ),
  version: startRunSchema.shape.version.describe('Left out: the newest version that is not retired.'),
});
export type ApiStart = z.infer<typeof apiStartSchema>;
export const apiStartedSchema = z.object({
  workflowId: z.string(),
  runId: z.string(),
  again: z.boolean().describe('A request with the same Idempotency-Key had started it before.'),
  url: z.url().describe('Its page, for people.'),
});

export const apiRunSummarySchema = z.object({
  flow: z.string(),
  version: z.number().int().nullable(),
  workflowId: z.string(),
  runId: z.string(),
  status: z.enum(RUN_STATUSES),
  outcome: z
    .enum(RUN_STANDINGS)
    .describe(
      "The status, and what the saga left: 'failedUndone' undid all of its effects, of 'failedStanding' some remain or may remain, 'needsHand' waits for a decision about an undo or an unknown outcome."
    ),
  effectsLeft: z
    .number()
    .int()
    .nullable()
    .describe('How many effects remain or may remain. Null: it never reported any.'),
  startedAt: time,
  closedAt: time.nullable(),
  url: z.url().describe('Its page, for people.'),
});
export type ApiRunSummary = z.infer<typeof apiRunSummarySchema>;

export const apiEffectSchema = z.object({
  step: z.string(),
  title: z.string(),
  undo: z.string().nullable().describe('The title of its undo. Null: it has none.'),
  happened: z.enum(['yes', 'maybe', 'no']),
  state: z.enum(['notArmed', 'standing', 'mayStand', 'undoing', 'undone', 'undoFailed', 'doneByHand', 'leftStanding']),
  heldBy: z
    .enum(['parent', 'newRun', 'nextRun'])
    .nullable()
    .describe(
      'It belongs to another run now: the parent, the run that this one was reset to, or the next run of its chain.'
    ),
});
export const apiRunSchema = apiRunSummarySchema.extend({
  says: z.string().describe('What it does, waits for or how it ended, in one sentence.'),
  input: z.unknown(),
  result: z.unknown().describe('Null unless it completed.'),
  failure: z
    .object({ message: z.string(), type: z.string(), step: z.string().nullable() })
    .nullable()
    .describe('Why it failed. Null for a run that did not fail.'),
  effects: z.array(apiEffectSchema).describe('Every step with an effect that began, in the order of the flow.'),
  waitsFor: z
    .array(
      z.object({
        kind: z.enum(['approval', 'undo', 'outcome']),
        step: z.string(),
        title: z.string(),
        taskId: z.string().nullable().describe('Of an approval.'),
        since: time,
      })
    )
    .describe('People who are asked now: for an approval, about an undo that failed, about an unknown outcome.'),
});
export type ApiRun = z.infer<typeof apiRunSchema>;
export const LONGEST_WAIT_S = 60;
export const apiRunQuerySchema = z.strictObject({
  runId: z.string().max(100).optional().describe('One run of this id. Left out: the newest.'),
  wait: z.coerce
    .number()
    .int()
    .min(0)
    .max(LONGEST_WAIT_S)
    .default(0)
    .describe('Answer when the run has ended, or after this many seconds, whatever comes first.'),
});

export const apiRunsQuerySchema = z.strictObject({
  outcome: z
    .string()
    .max(400)
    .optional()
    .describe('One or several outcomes, separated by commas.')
    .transform((value) => value?.split(',').filter(Boolean))
    .pipe(z.array(z.enum(RUN_STANDINGS)).optional()),
  where: z.string().max(LONGEST_WHERE).optional().describe("A filter in Temporal's query language."),
  pageSize: z.coerce.number().int().min(1).max(200).default(50),
  pageToken: z.string().max(4_000).optional(),
});
export const apiRunsSchema = z.object({
  runs: z.array(apiRunSummarySchema),
  nextPageToken: z.string().nullable(),
});

export const apiMessageSchema = z.strictObject({
  input: z.unknown().optional().describe('Must fit the schema that the flow declares.'),
});
export const apiAnswerSchema = z.object({ result: z.unknown() });
export const apiReceiptSchema = z.object({ by: z.string(), at: time });
export const apiCancelSchema = z.strictObject({ reason: z.string().trim().min(1).max(2_000).optional() });

export const apiTaskSchema = z.object({
  taskId: z.string(),
  flow: z.string(),
  step: z.string(),
  title: z.string(),
  question: z.string(),
  workflowId: z.string(),
  runId: z.string(),
  candidates: z.array(z.string().max(LONGEST_CANDIDATE)).describe('Who may decide. Empty: everybody with the right.'),
  comment: z.enum(['never', 'onReject', 'always']).describe('When a comment is required.'),
  decisions: z
    .array(
      z.object({
        key: z.string(),
        title: z.string(),
        turnsBack: z.boolean().describe('The run turns back, or does what the flow says for that.'),
        needsComment: z.boolean(),
        form: z.unknown().describe('JSON Schema of the values that belong to it. Null: it has none.'),
      })
    )
    .describe('The decisions that can be taken.'),
  howMany: z
    .union([z.enum(['all', 'inSequence']), z.number()])
    .nullable()
    .describe('Each candidate decides, each in its turn, or so many different people. Null: anybody alone.'),
  votes: z.array(
    z.object({ decision: z.string(), comment: z.string(), values: z.unknown(), by: z.string(), at: time })
  ),
  data: z.unknown().describe('What the decision is about.'),
  dataHash: z.string().describe('A decision names it: it says what was read.'),
  openedAt: time,
  dueAt: time.nullable(),
  claimedBy: z.object({ name: z.string(), at: time }).nullable().describe('Who works on it. Null: nobody.'),
  mayDecide: z.boolean(),
  whyNot: z.string().nullable(),
  settled: z
    .object({
      outcome: z.enum(TASK_OUTCOMES),
      decision: z.string().nullable(),
      values: z.unknown(),
      by: z.string().nullable(),
      comment: z.string().nullable(),
      at: time,
      goesOnAt: time.nullable().describe('Until then it can be taken back, and the run waits. Null: it has gone on.'),
    })
    .nullable(),
});
export type ApiTask = z.infer<typeof apiTaskSchema>;
export const apiTasksQuerySchema = z.strictObject({
  view: z.enum(['waiting', 'done']).default('waiting'),
  limit: z.coerce.number().int().min(1).max(200).default(100),
});
export const apiTasksSchema = z.object({ tasks: z.array(apiTaskSchema) });
export const apiDecideSchema = z.strictObject({
  decision: z.string().min(1).max(63).describe('The key of one of the decisions of the task.'),
  comment: z.string().trim().max(4_000).default(''),
  values: z.unknown().optional().describe('Of the form of the decision.'),
  dataHash: z.string().min(1).max(200).describe('Of the task, as it was read.'),
  turn: z
    .int()
    .min(0)
    .max(MOST_VOTES)
    .optional()
    .describe('In sequence: the number of votes of the task, as it was read. Without it, a person votes once.'),
});
export const apiDecidedSchema = z.object({
  taskId: z.string(),
  outcome: z.enum(['approved', 'rejected', 'disagreed', 'voted']).describe('voted: others are asked too.'),
  decision: z.string(),
  by: z.string(),
  at: time,
  goesOnAt: time.nullable().describe('Until then it can be taken back, and the run waits. Null: it goes on at once.'),
});

/** An OpenAPI 3.1 document, as far as this API uses it. */
export interface ApiDocument {
  openapi: string;
  info: { title: string; version: string; description: string };
  servers: { url: string }[];
  security: Record<string, string[]>[];
  tags: { name: string; description: string }[];
  paths: Record<string, Partial<Record<'get' | 'post', ApiOperation>>>;
  components: Record<'securitySchemes' | 'schemas', Record<string, object>>;
}
export interface ApiOperation {
  operationId: string;
  summary: string;
  /** One. */
  tags: string[];
  parameters: ApiParameter[];
  requestBody?: { required: boolean; content: ApiContent };
  responses: Record<'200' | 'default', { description: string; content: ApiContent }>;
}
export interface ApiParameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required: boolean;
  description?: string;
  schema: ApiSchema;
}
type ApiContent = Record<'application/json', { schema: ApiSchema }>;
/** JSON Schema 2020-12: that of a flow's own values, or one of this API. */
export interface ApiSchema {
  $ref?: string;
  type?: string;
  properties?: Record<string, ApiSchema>;
  required?: string[];
  items?: ApiSchema;
  enum?: unknown[];
  const?: unknown;
  anyOf?: ApiSchema[];
  oneOf?: ApiSchema[];
  format?: string;
  minLength?: number;
  maxLength?: number;
  description?: string;
  title?: string;
  default?: unknown;
}
