/** Asks people to decide: to approve or reject, or one of the decisions that it names. */
import { z } from 'zod';
import { demandsComment, offeredBy, PRIORITIES, type OfferedDecision } from '../../saga/contract';
import { peopleIn } from '../../saga/people';
import { durationMs, durationSchema } from '../duration';
import {
  LONGEST_CANDIDATE,
  LONGEST_DECISION,
  LONGEST_QUESTION,
  MOST_BEFORE,
  MOST_CANDIDATES,
  MOST_DECISIONS,
  MOST_ESCALATIONS,
  LONGEST_TAKE_BACK,
  MOST_VOTES,
  SHORTEST_REMINDER,
  SHORTEST_TAKE_BACK,
} from '../human-limits';
import { jsonSchemaSchema, type JsonSchema } from '../json-schema';
import { identifierSchema } from '../names';
import type { Path, Report } from '../report';
import { schemaType } from '../schema/type';
import { expressionSchema, templateSchema } from '../template';
import { namesSensitive } from '../values/mask';
import { isBlank } from '../values/text';
import { catchField, nodeFields, type StepsSchema } from './fields';
import { LEAF, type NodeFacts } from './facts';

const decisionSchema = z.strictObject({
  /** As expressions read it: `ask.decision === 'askForLess'`. */
  key: identifierSchema,
  title: z.string().min(1),
  /** It turns back: the node fails with type 'Rejected', or runs the steps for a rejection. Otherwise it goes on. */
  turnsBack: z.boolean().optional(),
  /** Undefined: as `requireComment` of the node says. */
  requireComment: z.boolean().optional(),
  /** Of an object. Its values flow on: `ask.values.amount`. */
  form: jsonSchemaSchema.optional(),
});

const escalationSchema = z.strictObject({
  /** From the beginning of the step. */
  after: durationSchema,
  /** Groups or e-mail addresses. */
  to: z.array(z.string()),
  /** Those who were asked before are asked no more. */
  instead: z.boolean().optional(),
});

const schema = (steps: StepsSchema) =>
  z.strictObject({
    ...nodeFields,
    kind: z.literal('approval'),
    question: z.string().min(1),
    /** Groups or e-mail addresses that may decide; empty: everybody, unless `candidatesFrom` names others. */
    candidates: z.array(z.string()).default([]),
    /**
     * More of them, from the data: an id or e-mail address of an account, a group, or a list of them. Evaluated once, when
     * the step begins. If nobody is named, an operator is asked.
     */
    candidatesFrom: expressionSchema.optional(),
    /** The data that is shown, with its schema; the decision is bound to its hash. */
    data: templateSchema,
    schema: jsonSchemaSchema.optional(),
    /** Undefined: 'approve', and 'reject', which turns back. */
    decisions: z.array(decisionSchema).min(1).optional(),
    /**
     * Several people decide together: each candidate, each in its turn, or so many different people
     * (saga/votes.ts). Undefined: anybody alone.
     */
    howMany: z.union([z.enum(['all', 'inSequence']), z.int().min(1)]).optional(),
    /** Of its task in the inbox. Undefined: normal. */
    priority: z.union([z.enum(PRIORITIES), z.strictObject({ $expr: expressionSchema })]).optional(),
    /** When it should be decided: a time from the beginning of the step, or an expression that gives one, or an instant. */
    due: z.union([durationSchema, z.strictObject({ $expr: expressionSchema })]).optional(),
    /** Before it is due; and again and again after it is due, or without a due time after it was asked (saga/moments.ts). */
    remind: z.strictObject({ before: z.array(durationSchema).optional(), every: durationSchema.optional() }).optional(),
    /** Who is asked if nobody decides, one after the other. */
    escalate: z.array(escalationSchema).optional(),
    timeout: durationSchema.optional(),
    /**
     * So long after a decision the run waits, and whoever decided may take it back (saga/decision.ts). Undefined: it goes on at
     * once.
     */
    takeBack: durationSchema.optional(),
    /** 'fail', or the key of the decision that counts if nobody decides in time. */
    onTimeout: identifierSchema.default('fail'),
    /**
     * A decision that turns back fails the node with type 'Rejected', unless there are steps for it. Output:
     * { decision, comment, decidedBy }, with named decisions or several people also { values }, with several people { votes }.
     */
    onReject: steps.optional(),
    requireComment: z.enum(['never', 'onReject', 'always']).default('onReject'),
    /** The person who started the run may not decide. */
    forbidStarter: z.boolean().optional(),
    /** People who may not decide, named as in `candidatesFrom`. */
    notBy: expressionSchema.optional(),
    /**
     * Whoever decided one of these approvals may not decide this one. Each is the name of its output in expressions;
     * it may be an approval that has not been asked.
     */
    notWhoDecided: z.array(z.strictObject({ $expr: expressionSchema })).optional(),
    ...catchField(steps),
  });
export interface ApprovalNode extends z.infer<ReturnType<typeof schema>> {}

/** A decision that an approval offers, with what it needs. */
export interface NodeDecision extends OfferedDecision {
  turnsBack: boolean;
  requireComment: boolean;
  form: JsonSchema | undefined;
}
export const decisionsOf = (node: Pick<ApprovalNode, 'decisions' | 'requireComment'>): NodeDecision[] =>
  offeredBy(node).map((decision) => ({
    ...decision,
    turnsBack: decision.turnsBack === true,
    requireComment: demandsComment(node, decision),
    form: decision.form as JsonSchema | undefined,
  }));

/** The decision of a trial that says nothing: the first one that goes on. */
export const usualDecision = (node: Pick<ApprovalNode, 'decisions' | 'requireComment'>): string =>
  decisionsOf(node).find(({ turnsBack }) => !turnsBack)?.key ?? 'approve';

/** They have a meaning where a decision is named: in `onTimeout`, and in the plan of a trial. */
const RESERVED_KEYS: ReadonlySet<string> = new Set(['fail', 'nobody', 'escalate', 'unwind']);

export const approval: NodeFacts<ApprovalNode> = {
  schema,
  ...LEAF,
  holds: { onReject: 'steps', catch: 'handlers' },
  create: (id) => ({
    id,
    title: 'New approval',
    kind: 'approval',
    question: 'Approve?',
    candidates: [],
    data: {},
    onTimeout: 'fail',
    requireComment: 'onReject',
  }),
  branches({ onReject }) {
    if (!onReject) return [];
    return [
      { key: 'approved', id: null, title: null, steps: [], path: null, knowsOutput: true },
      { key: 'rejected', id: null, title: 'If rejected', steps: onReject, path: ['onReject'], knowsOutput: true },
    ];
  },
  fails: 'itself',
  activities: ({ remind, escalate, takeBack }) => [
    'human.open',
    'human.close',
    ...(remind === undefined && escalate === undefined && takeBack === undefined ? [] : ['human.ask']),
  ],
  expressions: ['candidatesFrom', 'notBy'],
  templates: ({ data, candidatesFrom, notBy, priority, due }) => [
    { value: data, path: ['data'] },
    ...(candidatesFrom === undefined ? [] : [{ value: { $expr: candidatesFrom }, path: ['candidatesFrom'] }]),
    ...(notBy === undefined ? [] : [{ value: { $expr: notBy }, path: ['notBy'] }]),
    ...(typeof priority === 'object' ? [{ value: priority, path: ['priority'] }] : []),
    ...(typeof due === 'object' ? [{ value: due, path: ['due'] }] : []),
  ],
  schemas: ({ schema, decisions = [] }) => [
    ...(schema ? [{ schema, path: ['schema'] }] : []),
    ...decisions.flatMap(({ form }, index) => (form ? [{ schema: form, path: ['decisions', index, 'form'] }] : [])),
  ],
  output: {
    schema: (node) => (node.decisions || node.howMany !== undefined ? namedOutput(node) : null),
    missingIn: () => null,
  },
  /** [FV12] [FV18] [FV19] [FV21] [FV22] of validate.ts; [FV20] reads the other nodes (approvals.ts). */
  check(node, _catalogue, report) {
    const { id, question, candidates } = node;
    checkDecisions(node, report);
    checkHowMany(node, report);
    checkReminders(node, report);
    checkEscalation(node, report);
    checkTakeBack(node, report);
    const long = (text: string, most: number, path: Path) => {
      if (text.length <= most) return;
      report(
        'too-long',
        id,
        path,
        `It has ${text.length} characters; the inbox accepts at most ${most}.`,
        'Shorten it.'
      );
    };
    long(question, LONGEST_QUESTION, ['question']);
    if (isBlank(question))
      report('blank-question', id, ['question'], 'The question has nothing that can be read.', 'Type what to decide.');
    candidates.forEach((candidate, index) => {
      long(candidate, LONGEST_CANDIDATE, ['candidates', index]);
      if (candidate.trim() === '')
        report('empty-candidate', id, ['candidates', index], 'A candidate has an empty name.', 'Remove it.');
    });
    if (candidates.length > MOST_CANDIDATES) {
      const message = `It names ${candidates.length} candidates; the inbox accepts at most ${MOST_CANDIDATES}.`;
      report('too-many-candidates', id, ['candidates'], message, 'Name a group instead.');
    }
  },
  trace: 'task',
  waitsFor: 'person',
  drawing: { shape: 'card' },
  words: {
    kind: 'approval',
    line: (node) => `Asks ${howManyWords(node.howMany)}${whoWords(node)}`,
    ahead: ({ title }) => `Then somebody is asked again: ${title}.`,
  },
};

/** 'finance, ada@example.org', 'input.manager', 'anybody'. */
export function whoWords({ candidates, candidatesFrom }: Pick<ApprovalNode, 'candidates' | 'candidatesFrom'>): string {
  const names = [...candidates, ...(candidatesFrom === undefined ? [] : [candidatesFrom])];
  return names.join(', ') || 'anybody';
}

/** 'each of ', 'in turn ', '2 of '. */
function howManyWords(howMany: ApprovalNode['howMany']): string {
  if (howMany === undefined) return '';
  return howMany === 'all' ? 'each of ' : howMany === 'inSequence' ? 'in turn ' : `${howMany} of `;
}

/** Of an approval that names its decisions, or that several people decide. A field may be missing, because each decision has a form of its own. */
function namedOutput(node: ApprovalNode): JsonSchema {
  const decisions = decisionsOf(node);
  const decision: JsonSchema = { type: 'string', title: 'Decision', enum: decisions.map(({ key }) => key) };
  const fields = Object.assign({}, ...decisions.map(({ form }) => form?.properties ?? {})) as Record<
    string,
    JsonSchema
  >;
  return {
    type: 'object',
    required: ['decision', 'comment', 'values', ...(node.howMany === undefined ? [] : ['votes'])],
    properties: {
      decision,
      comment: { type: 'string', title: 'Comment' },
      decidedBy: { type: 'string', title: 'Decided by' },
      values: { type: 'object', title: 'Values', properties: fields },
      ...(node.howMany === undefined ? {} : { votes: votesSchema(decision, fields) }),
    },
  };
}

const votesSchema = (decision: JsonSchema, fields: Record<string, JsonSchema>): JsonSchema => ({
  type: 'array',
  title: 'Votes',
  items: {
    type: 'object',
    required: ['decision', 'comment', 'by', 'values'],
    properties: {
      decision,
      comment: { type: 'string', title: 'Comment' },
      by: { type: 'string', title: 'By' },
      values: { type: 'object', title: 'Values', properties: fields },
    },
  },
});

/** [FV21] */
function checkReminders({ id, remind, due }: ApprovalNode, report: Report): void {
  const { before = [], every } = remind ?? {};
  if (before.length > 0 && due === undefined) {
    const message = 'It reminds people before it is due, but it has no due time.';
    report('reminder-without-due', id, ['remind', 'before'], message, 'Set a due time, or remind at intervals.');
  }
  if (before.length > MOST_BEFORE) report('too-many-reminders', id, ['remind', 'before'], `At most ${MOST_BEFORE}.`);
  if (every !== undefined && durationMs(every) < durationMs(SHORTEST_REMINDER)) {
    const message = `There must be at least ${SHORTEST_REMINDER} between two reminders.`;
    report('reminder-too-often', id, ['remind', 'every'], message, 'Remind less often.', SHORTEST_REMINDER);
  }
}

/** [FV22] */
function checkTakeBack({ id, takeBack }: ApprovalNode, report: Report): void {
  if (takeBack === undefined) return;
  const ms = durationMs(takeBack);
  if (ms >= durationMs(SHORTEST_TAKE_BACK) && ms <= durationMs(LONGEST_TAKE_BACK)) return;
  const message = `A decision can be taken back for ${SHORTEST_TAKE_BACK} to ${LONGEST_TAKE_BACK}: the run waits so long after it.`;
  const proposed = ms > durationMs(LONGEST_TAKE_BACK) ? LONGEST_TAKE_BACK : '2m';
  report('take-back-time', id, ['takeBack'], message, `Set it to ${proposed}, or leave it out.`, proposed);
}

/** [FV21] */
function checkEscalation({ id, escalate = [], howMany }: ApprovalNode, report: Report): void {
  if (escalate.length > 0 && typeof howMany === 'string') {
    const message = 'Each candidate decides, so it does not help to ask others.';
    report('escalation-of-each', id, ['escalate'], message, 'Let a number of people decide, or any one of them.');
  }
  if (escalate.length > MOST_ESCALATIONS)
    report('too-many-escalations', id, ['escalate'], `At most ${MOST_ESCALATIONS}.`, 'Remove some.');
  escalate.forEach(({ after, to }, index) => {
    const before = escalate[index - 1];
    if (before && durationMs(after) <= durationMs(before.after)) {
      const message = `It comes after ${before.after}, the time of the one before. Each time counts from the beginning.`;
      report('escalation-order', id, ['escalate', index, 'after'], message, `Set it to more than ${before.after}.`);
    }
    if (to.length === 0 || to.some((name) => name.trim() === ''))
      report(
        'escalation-to-nobody',
        id,
        ['escalate', index, 'to'],
        'It names nobody to ask.',
        'Name a group or a person.'
      );
    const long = to.findIndex((name) => name.length > LONGEST_CANDIDATE);
    if (long >= 0) report('too-long', id, ['escalate', index, 'to', long], `At most ${LONGEST_CANDIDATE} characters.`);
    if (to.length > MOST_CANDIDATES)
      report(
        'too-many-candidates',
        id,
        ['escalate', index, 'to'],
        `At most ${MOST_CANDIDATES}.`,
        'Name a group instead.'
      );
  });
}

/** [FV19] */
function checkHowMany({ id, howMany, candidates, candidatesFrom }: ApprovalNode, report: Report): void {
  if (howMany === undefined) return;
  const isFromData = candidatesFrom !== undefined;
  const named = peopleIn(candidates).length;
  if (typeof howMany !== 'number') {
    if (candidates.length === 0 && !isFromData)
      report('nobody-named', id, ['candidates'], 'Each candidate decides, but none is named.', 'Name them.');
    const twice = candidates.findIndex((name, index) =>
      peopleIn(candidates.slice(0, index)).includes(peopleIn(name)[0]!)
    );
    if (twice >= 0)
      report('duplicate-candidate', id, ['candidates', twice], `'${candidates[twice]}' is named twice.`, 'Remove one.');
  } else if (howMany > MOST_VOTES)
    report('too-many-votes', id, ['howMany'], `At most ${MOST_VOTES} people.`, 'Ask fewer people.');
  else if (candidates.length > 0 && !isFromData && candidates.every((name) => name.includes('@')) && howMany > named) {
    const message = `It asks for ${howMany} people, and only ${named} may decide.`;
    report('too-few-candidates', id, ['howMany'], message, 'Ask fewer people, or name more candidates.');
  }
  if (typeof howMany !== 'number' && candidates.length > MOST_VOTES)
    report('too-many-votes', id, ['candidates'], `Each candidate decides: at most ${MOST_VOTES}.`, 'Name fewer.');
}

/** [FV18] */
function checkDecisions(node: ApprovalNode, report: Report): void {
  const { id, onTimeout, timeout } = node;
  const decisions = decisionsOf(node);
  const onTime = decisions.find(({ key }) => key === onTimeout);
  if (timeout !== undefined && onTimeout !== 'fail') {
    if (!onTime) {
      const message = `It has no decision '${onTimeout}' that could count if nobody decides in time.`;
      report('unknown-decision', id, ['onTimeout'], message, 'Choose one of its decisions, or that the step fails.');
    } else if ((onTime.form?.required ?? []).length > 0) {
      const message = `'${onTime.title}' needs values, and nobody gives them if nobody decides in time.`;
      report('timeout-needs-values', id, ['onTimeout'], message, 'Choose another decision, or that the step fails.');
    }
  }
  if (!node.decisions) return;
  if (decisions.length > MOST_DECISIONS)
    report('too-many-decisions', id, ['decisions'], `It has more than ${MOST_DECISIONS} decisions.`, 'Remove some.');
  if (decisions.every(({ turnsBack }) => turnsBack)) {
    const message = 'Each of its decisions turns back, so the flow never goes on.';
    report('no-decision-goes-on', id, ['decisions'], message, 'Let one of them go on.');
  }
  const seen = new Set<string>();
  const titles = new Set<string>();
  const types = new Map<string, { type: string; title: string }>();
  decisions.forEach(({ key, title, form }, index) => {
    const at = ['decisions', index];
    if (seen.has(key)) report('duplicate-decision', id, [...at, 'key'], `Two decisions have the key '${key}'.`);
    seen.add(key);
    // It is what the button of a decision says.
    const said = title.trim().toLowerCase();
    if (isBlank(title))
      report('blank-title', id, [...at, 'title'], 'The title has nothing that can be read.', 'Say what it decides.');
    else if (titles.has(said)) {
      const message = `Two decisions are called '${title.trim()}', and nobody could tell them apart.`;
      report('duplicate-title', id, [...at, 'title'], message, 'Give one of them another title.');
    }
    titles.add(said);
    if (RESERVED_KEYS.has(key))
      report('reserved-name', id, [...at, 'key'], `'${key}' already has a meaning.`, 'Choose another key.');
    if (title.length > LONGEST_DECISION)
      report('too-long', id, [...at, 'title'], `At most ${LONGEST_DECISION} characters.`, 'Shorten it.');
    if (!form) return;
    if (form.type !== 'object')
      report('form-no-object', id, [...at, 'form', 'type'], 'A form must be an object.', "Set its type to 'object'.");
    if (namesSensitive(form)) {
      const message = 'The values of a decision are shown with it, so none of them can be sensitive.';
      report('sensitive-form', id, [...at, 'form'], message, 'Take the mark away, or ask for it in another way.');
    }
    for (const [name, field] of Object.entries(form.properties ?? {})) {
      const type = schemaType(field);
      const other = types.get(name);
      if (other && other.type !== type) {
        const message = `'${name}' has another type than in the form of '${other.title}', and both flow on by this name.`;
        report('ambiguous-name', id, [...at, 'form', 'properties', name], message, 'Rename one of them.');
      }
      types.set(name, { type, title });
    }
  });
}
