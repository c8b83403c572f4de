/**
 * A client of one flow as one file of TypeScript, which needs nothing but `fetch`: for programs that start and watch its
 * runs through the API (app/_server/api). Node runs it as it is: nothing in it needs more than its types taken away.
 * Pure; not formatted.
 *
 * Rules
 * [TCL1] Input, output, signals, updates and queries have the types of their schemas.
 * [TCL3] An approval is decided with one of its decisions and the values of its form, on the data that was read.
 * [TCL2] No text of a person becomes code: titles are comments, names are written as texts where they are no names.
 */
import type { FlowDocument, JsonSchema } from './document';
import { outputName } from './names';
import { decisionsOf, type ApprovalNode } from './nodes/approval';
import { propertyName, schemaType } from './schema/type';
import { allNodes } from './tree';
import { asCode, visibleText } from './values/text';

export function typescriptClient(document: FlowDocument, version: number): string {
  const { name, title, input, output, signals, updates, queries, steps } = document;
  const approvals = allNodes(steps).filter((node) => node.kind === 'approval');
  const base = outputName(name);
  const type = `${base.charAt(0).toUpperCase()}${base.slice(1)}`;
  const group = (
    verb: string,
    messages: Record<string, Message>,
    call: (path: string, schema?: JsonSchema) => string
  ) => {
    const members = Object.entries<Message>(messages).map(
      ([each, { title: words, schema }]) =>
        `${comment(words)}${propertyName(each)}: ${call(asCode(`/${verb}/${encodeURIComponent(each)}`), schema)},`
    );
    return members.length > 0 ? `\n  readonly ${verb} = {\n${members.join('\n')}\n};\n` : '';
  };
  return `/**
 * Client of the flow ${quoted(title)}, version ${version}. Made by Backstitch; needs nothing but fetch.
 *
 *     const flow = new ${type}Flow({ url: 'https://backstitch.example', key: process.env.BACKSTITCH_KEY! });
 *     const run = await flow.start({ … }, { idempotencyKey: 'order-4711' });
 *     const result = await run.result();
 */
export type ${type}Input = ${schemaType(input)};
export type ${type}Output = ${output ? schemaType(output) : 'unknown'};
${approvals.map((node) => `${comment(`The decisions of '${node.title}'.`)}export type ${decisionType(type, node)} = ${decisionUnion(node)};\n`).join('')}${SHARED}${approvals.length > 0 ? APPROVALS : ''}
export class ${type}Flow {
  readonly #connection: Connection;
  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /** A start that is sent again with the same idempotencyKey starts nothing more. */
  async start(input: ${type}Input, { idempotencyKey, ...options }: Once & { workflowId?: string; version?: number } = {}): Promise<${type}Run> {
    const started = await send<{ workflowId: string }>(this.#connection, 'POST', RUNS, { input, ...options }, { idempotencyKey });
    return this.run(started.workflowId);
  }

  /** A run that was started before. */
  run(workflowId: string): ${type}Run {
    return new ${type}Run(this.#connection, workflowId);
  }
}

export class ${type}Run {
  readonly workflowId: string;
  readonly #connection: Connection;
  constructor(connection: Connection, workflowId: string) {
    this.#connection = connection;
    this.workflowId = workflowId;
  }

  describe(): Promise<Run<${type}Output>> {
    return this.#send('GET', '');
  }

  /** Waits for the end, however long it takes. Throws \`RunEnded\` if the run did not complete. */
  async result(): Promise<${type}Output> {
    for (;;) {
      const run = await this.#send<Run<${type}Output>>('GET', '?wait=60');
      if (run.status === 'completed') return run.result as ${type}Output;
      if (run.status !== 'running' && run.status !== 'continuedAsNew') throw new RunEnded(run);
    }
  }

  /** Stops it and undoes what it did. */
  async cancel(reason?: string): Promise<void> {
    await this.#send('POST', '/cancel', reason === undefined ? {} : { reason });
  }
${group('signals', signals, (path, schema) => `(input: ${schemaType(schema)}, once?: Once) => this.#tell(${path}, input, once)`)}${group('updates', updates, (path, schema) => `(input: ${schemaType(schema)}, once?: Once) => this.#ask<unknown>(${path}, { input }, once)`)}${group('queries', queries, (path, schema) => `() => this.#ask<${schemaType(schema)}>(${path}, {})`)}${approvalMembers(type, approvals)}
  async #tell(path: string, input: unknown, once?: Once): Promise<void> {
    await this.#send('POST', path, { input }, once);
  }
  async #ask<Answer>(path: string, body: object, once?: Once): Promise<Answer> {
    return (await this.#send<{ result: Answer }>('POST', path, body, once)).result;
  }
  #send<Answer>(method: string, path: string, body?: object, once?: Once): Promise<Answer> {
    return send(this.#connection, method, \`\${RUNS}/\${encodeURIComponent(this.workflowId)}\${path}\`, body, once);
  }
}

const RUNS = ${asCode(`/api/v1/flows/${encodeURIComponent(name)}/runs`)};
${SEND}`;
}

const decisionType = (flow: string, { id }: ApprovalNode): string => {
  const name = outputName(id);
  return `${flow}${name.charAt(0).toUpperCase()}${name.slice(1)}Decision`;
};
/** [TCL3] */
const decisionUnion = (node: ApprovalNode): string =>
  decisionsOf(node)
    .map(({ key, requireComment, form }) => {
      const values = form ? ` values: ${schemaType(form)};` : '';
      return `{ decision: ${asCode(key)}; comment${requireComment ? '' : '?'}: string;${values} }`;
    })
    .join(' | ');

function approvalMembers(flow: string, approvals: readonly ApprovalNode[]): string {
  if (approvals.length === 0) return '';
  const members = approvals.map(
    (node) =>
      `${comment(node.title)}${propertyName(outputName(node.id))}: this.#approval<${decisionType(flow, node)}>(${asCode(node.id)}),`
  );
  return `
  readonly approvals = {
${members.join('\n')}
};

  #approval<Decision extends object>(step: string): Approval<Decision> {
    return {
      task: async () => {
        const { waitsFor } = await this.describe();
        const asked = waitsFor.find((each) => each.kind === 'approval' && each.step === step && each.taskId !== null);
        return asked ? send<Task>(this.#connection, 'GET', \`/api/v1/tasks/\${encodeURIComponent(asked.taskId!)}\`) : null;
      },
      decide: ({ taskId, dataHash }, decision, once) =>
        send<Decided>(this.#connection, 'POST', \`/api/v1/tasks/\${encodeURIComponent(taskId)}/decision\`, { ...decision, dataHash }, once),
    };
  }
`;
}

interface Message {
  title?: string;
  schema?: JsonSchema;
}

/** [TCL2] No text ends a comment, or hides in it. */
const plain = (text: string): string => visibleText(text).replaceAll('*/', '* /').replaceAll(/\s+/g, ' ');
const quoted = (text: string): string => `'${plain(text)}'`;
const comment = (text: string | undefined): string => (text ? `/** ${plain(text)} */\n` : '');

const SHARED = `
export interface Connection {
  /** Where Backstitch is. */
  url: string;
  /** An API key: bsk_… */
  key: string;
}
export interface Once {
  /** A request that is sent again with the same one has its effect once. */
  idempotencyKey?: string;
}
export interface Run<Output> {
  workflowId: string;
  runId: string;
  version: number | null;
  status: 'running' | 'completed' | 'failed' | 'canceled' | 'terminated' | 'timedOut' | 'continuedAsNew';
  /** The status, and what the saga left. */
  outcome: string;
  /** What it does, waits for or how it ended, in one sentence. */
  says: string;
  result: Output | null;
  failure: { message: string; type: string; step: string | null } | null;
  /** How many effects remain or may remain. */
  effectsLeft: number | null;
  /** For each step with an effect that began: whether it happened, and what became of it. */
  effects: { step: string; title: string; undo: string | null; happened: 'yes' | 'maybe' | 'no'; state: string }[];
  /** People who are asked now. */
  waitsFor: { kind: 'approval' | 'undo' | 'outcome'; step: string; title: string; taskId: string | null; since: string }[];
  startedAt: string;
  closedAt: string | null;
  /** Its page, for people. */
  url: string;
}
/** A refusal: what happened, and what to do. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly whatToDo: string;
  /** Of fields, by JSON pointer. */
  readonly problems: { at: string; message: string }[];
  constructor(status: number, { code, message, whatToDo, problems = [] }: Pick<Refused, 'code' | 'message' | 'whatToDo'> & Partial<Pick<Refused, 'problems'>>) {
    super(message);
    this.status = status;
    this.code = code;
    this.whatToDo = whatToDo;
    this.problems = problems;
  }
}
/** The run ended without a result: it failed, was cancelled or terminated, or ran out of time. */
export class RunEnded extends Error {
  readonly run: Run<unknown>;
  constructor(run: Run<unknown>) {
    super(run.says);
    this.run = run;
  }
}
`;

const APPROVALS = `
export interface Task {
  taskId: string;
  question: string;
  data: unknown;
  /** A decision names it: it says what was read. */
  dataHash: string;
  dueAt: string | null;
  mayDecide: boolean;
  whyNot: string | null;
}
export interface Decided {
  taskId: string;
  /** 'voted': others are asked too. */
  outcome: 'approved' | 'rejected' | 'disagreed' | 'voted';
  decision: string;
  by: string;
  at: string;
}
export interface Approval<Decision> {
  /** What is asked now; null while nobody is asked. */
  task(): Promise<Task | null>;
  /** The decision is about the data of the task that was read. */
  decide(task: Pick<Task, 'taskId' | 'dataHash'>, decision: Decision, once?: Once): Promise<Decided>;
}
`;

const SEND = `
async function send<Answer>({ url, key }: Connection, method: string, path: string, body?: object, { idempotencyKey }: Once = {}): Promise<Answer> {
  const response = await fetch(new URL(path, url), {
    method,
    headers: {
      authorization: \`Bearer \${key}\`,
      ...(body ? { 'content-type': 'application/json' } : {}),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    },
    body: body ? JSON.stringify(body) : undefined,
  });
  if (response.ok) return (await response.json()) as Answer;
  const unreadable = { code: 'unexpected', message: \`Backstitch answered \${response.status}.\`, whatToDo: 'Try again.' };
  const { error = unreadable } = (await response.json().catch(() => ({}))) as { error?: Refused };
  throw new Refused(response.status, error);
}
`;
