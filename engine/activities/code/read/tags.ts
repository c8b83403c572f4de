/**
 * What the doc comment of an exported function says about its operation:
 *
 *   /**
 *    * Charges a card.
 *    * @effect reversible          none, reversible or irreversible
 *    * @undo refundCard { paymentId: output.id }
 *    * @armed attempted            the undo runs also if it is not known whether the step happened
 *    * @lookup findPayment { orderId: input.orderId }
 *    * @idempotencyKey key         the field of the argument that receives the key of the step
 *    * @forwardKey stepKey         in an undo or a look-up: the field that receives the key of its step
 *    * @lateCalls refused          the service refuses a call that arrives after its undo
 *    * @settlesWithin 10m
 *    * @title, @timeout 30s, @heartbeat 10s, @attempts 3
 *    *\/
 *
 * Other tags are not read.
 */
import ts from 'typescript';
import type { z } from 'zod';
import { effectSchema } from '../../../flow/activity-options';
import type { FunctionTags, Related } from '../../../flow/connections/own-code';
import { durationSchema } from '../../../flow/duration';
import type { Template } from '../../../flow/template';

/** A tag that cannot be used. */
export class WrongTag extends Error {
  override name = 'WrongTag';
}

/** Throws WrongTag. `tags`: name and text, in order. */
export function readTags(
  name: string,
  description: string,
  tags: readonly { name: string; text: string }[]
): FunctionTags {
  const text = new Map(tags.map((tag) => [tag.name, tag.text.trim()]));
  const undo = related('undo', text);
  const armed = text.get('armed') ?? 'completed';
  if (armed !== 'completed' && armed !== 'attempted')
    throw new WrongTag(`@armed is 'completed' or 'attempted', not '${armed}'.`);
  const lateCalls = text.get('lateCalls');
  if (lateCalls !== undefined && lateCalls !== 'refused' && lateCalls !== 'possible')
    throw new WrongTag(`@lateCalls is 'refused' or 'possible', not '${lateCalls}'.`);
  const lookup = related('lookup', text);
  const attempts = text.get('attempts');
  if (attempts !== undefined && !/^\d{1,4}$/.test(attempts))
    throw new WrongTag(`@attempts is a number, not '${attempts}'.`);
  const [keyField, forwardKeyField] = [fieldIn('idempotencyKey', text), fieldIn('forwardKey', text)];
  return {
    title: (text.get('title') || titleFor(name)).slice(0, 100),
    description: description.slice(0, 2_000),
    effect: effectIn(text.get('effect'), undo !== undefined),
    ...(undo ? { undo: { ...undo, armed } } : {}),
    ...(lookup ? { lookup } : {}),
    ...(keyField === undefined ? {} : { keyField }),
    ...(forwardKeyField === undefined ? {} : { forwardKeyField }),
    ...(lateCalls === undefined ? {} : { lateCalls }),
    ...optional('settlesWithin', durationIn('settlesWithin', text)),
    options: {
      ...optional('startToCloseTimeout', durationIn('timeout', text)),
      ...optional('heartbeatTimeout', durationIn('heartbeat', text)),
      ...(attempts === undefined ? {} : { retry: { maximumAttempts: Number(attempts) } }),
    },
  };
}

/** 'chargeCard' → 'Charge card'. */
export function titleFor(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, (_, before: string, after: string) => `${before} ${after}`);
  return words.charAt(0).toUpperCase() + words.slice(1).toLowerCase();
}

type Texts = ReadonlyMap<string, string>;

const optional = <K extends string>(key: K, value: string | undefined): { [Key in K]?: string } =>
  value === undefined ? {} : ({ [key]: value } as { [Key in K]?: string });

/** [OF1] of flow/connections/own-code.ts. */
function effectIn(text: string | undefined, hasUndo: boolean): FunctionTags['effect'] {
  if (text === undefined) return hasUndo ? 'reversible' : 'irreversible';
  const read: z.ZodSafeParseResult<FunctionTags['effect']> = effectSchema.safeParse(text);
  if (!read.success) throw new WrongTag(`@effect is 'none', 'reversible' or 'irreversible', not '${text}'.`);
  if (hasUndo && read.data !== 'reversible')
    throw new WrongTag(`@effect is '${text}', so there is nothing to @undo. Write '@effect reversible'.`);
  return read.data;
}

function fieldIn(tag: string, text: Texts): string | undefined {
  const field = text.get(tag);
  if (field !== undefined && !/^[A-Za-z_]\w*$/.test(field))
    throw new WrongTag(`@${tag} is the name of a field of the argument, not '${field}'.`);
  return field;
}

function durationIn(tag: string, text: Texts): string | undefined {
  const duration = text.get(tag);
  if (duration === undefined) return undefined;
  if (!durationSchema.safeParse(duration).success)
    throw new WrongTag(`@${tag} is a duration such as 30s or 10m, not '${duration}'.`);
  return duration;
}

/** 'refundCard' or 'refundCard { paymentId: output.id }'. */
function related(tag: string, text: Texts): Related | undefined {
  const words = text.get(tag);
  if (words === undefined) return undefined;
  const [, name, literal = ''] = /^([A-Za-z]\w*)\s*([\s\S]*)$/.exec(words) ?? [];
  if (!name) throw new WrongTag(`@${tag} names a function of the folder: @${tag} refundCard { id: output.id }.`);
  return literal === '' ? { function: name } : { function: name, input: templateIn(tag, literal) };
}

function templateIn(tag: string, literal: string): Template {
  const wrong = () => new WrongTag(`@${tag}: '${literal}' is not an object such as { id: output.id }.`);
  const source = ts.createSourceFile('tag.ts', `(${literal})`, ts.ScriptTarget.ES2023, true);
  const [statement] = source.statements;
  if (source.statements.length !== 1 || !statement || !ts.isExpressionStatement(statement)) throw wrong();
  const inner = ts.isParenthesizedExpression(statement.expression) ? statement.expression.expression : null;
  if (!inner || !ts.isObjectLiteralExpression(inner)) throw wrong();
  const fields = inner.properties.map((property) => {
    if (ts.isShorthandPropertyAssignment(property)) throw wrong();
    if (!ts.isPropertyAssignment(property) || ts.isComputedPropertyName(property.name)) throw wrong();
    return [property.name.text, { $expr: property.initializer.getText(source) }] as const;
  });
  return Object.fromEntries(fields);
}
