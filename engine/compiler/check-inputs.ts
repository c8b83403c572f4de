/**
 * Phase 3. Checks the inputs of calls: fields without a value, and texts that have a special meaning: addresses, and
 * placeholders for keys.
 *
 * Rules
 * [CI1] `{forwardKey}` is used only in an undo or a look-up, because a step itself has no earlier call.
 * [CI2] A path in the document does not lead up, in any encoding, and has no encoded separator, because encoded
 *       values are added to it at run time.
 * [CI3] If an activity has fields for addresses or keys, its input is an object with one template for each field, so
 *       that data remains data.
 * [CI4] The headers for idempotency keys are set by the product only.
 * [CI5] A field that an activity needs has a value, also inside groups and lists that are drawn.
 * [CI6] If a value can be read there that has the name and the type of the field, the problem proposes it.
 * [CI7] What is sent as a form can be written as one.
 * [CI8] A request that is drawn has one address: a connection, or a whole URL that can be requested. An undo without one
 *       would fail only when it is needed. A warning, because flows were published without one.
 */
import { flowEntryName, type Catalogue, type InputPlace } from '../flow/catalogue';
import { climbs } from '../flow/climbs';
import type { Diagnostic } from '../flow/diagnostic';
import type { FlowDocument, FlowNode, JsonSchema, Template } from '../flow/document';
import { allNodes } from '../flow/tree';
import { fittingIn } from '../flow/fitting';
import { scopeAt } from '../flow/scope';
import { wordsOfPath } from '../plain-issue';
import { bodyEncodingSchema } from '../flow/connections/http';
import { formProblems } from '../flow/connections/form-check';
import { addressOf, drawnTexts } from './emit/address';
import { expressionIn } from './emit/print';

type Path = (string | number)[];
interface Call {
  activity: string;
  input: Template;
  path: Path;
  hasForwardKey: boolean;
}

export function checkInputs(flow: FlowDocument, catalogue: Catalogue): Diagnostic[] {
  const found: Diagnostic[] = [];
  for (const node of allNodes(flow.steps)) {
    for (const call of callsOf(node)) {
      const activity = Object.hasOwn(catalogue, call.activity) ? catalogue[call.activity] : undefined;
      if (!activity) continue;
      const report: Report = (code, path, message, fix, fitting) => {
        const severity = code === NO_ADDRESS ? 'warning' : 'error';
        const at = { nodeId: node.id, path: [...call.path, ...path] };
        found.push({ code, severity, ...at, message, fix, ...(fitting ? { fitting } : {}) });
      };
      for (const { path, schema } of missingIn(call.input, activity.input)) {
        const scope = scopeAt(flow, catalogue, { nodeId: node.id, path: [...call.path, ...path] });
        const fitting = fittingIn(scope, String(path.at(-1)), schema);
        report(INPUT_MISSING, path, `'${activity.title}' needs '${wordsOfPath(path)}'.`, 'Fill it in.', fitting);
      }
      if (activity.places) checkCall(call, activity.places, report);
    }
  }
  return found;
}

function callsOf(node: FlowNode): Call[] {
  if (node.kind === 'child')
    return [{ activity: flowEntryName(node.flow), input: node.input, path: ['input'], hasForwardKey: false }];
  if (node.kind !== 'action') return [];
  const { activity, input, undo, unknown } = node;
  return [
    { activity, input, path: ['input'], hasForwardKey: false },
    ...(undo ? [{ activity: undo.activity, input: undo.input, path: ['undo', 'input'], hasForwardKey: true }] : []),
    ...(unknown?.policy === 'check'
      ? [{ activity: unknown.activity, input: unknown.input, path: ['unknown', 'input'], hasForwardKey: true }]
      : []),
  ];
}

/** [CI5] The code of its problems; their paths are those of the fields. */
export const INPUT_MISSING = 'input-missing';

/** The needed fields that are not there. What an expression gives is checked by its type. */
function missingIn(value: Template, schema: JsonSchema): { path: Path; schema: JsonSchema }[] {
  const within = (key: string | number, inner: Template, of: JsonSchema) =>
    missingIn(inner, of).map((each) => ({ ...each, path: [key, ...each.path] }));
  if (Array.isArray(value)) return value.flatMap((item, index) => within(index, item, schema.items ?? {}));
  if (typeof value !== 'object' || value === null || expressionIn(value) !== null) return [];
  const { properties = {}, required = [] } = schema;
  const fieldOf = (name: string) => (Object.hasOwn(properties, name) ? properties[name]! : {});
  const missing = required.filter((name) => !Object.hasOwn(value, name));
  return [
    ...missing.map((name) => ({ path: [name], schema: fieldOf(name) })),
    ...Object.entries(value).flatMap(([name, inner]) => within(name, inner, fieldOf(name))),
  ];
}

type Report = (code: string, path: Path, message: string, fix?: string, fitting?: string) => void;

function checkCall({ input, hasForwardKey }: Call, places: Readonly<Record<string, InputPlace>>, report: Report): void {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) return;
  if (expressionIn(input) !== null) {
    const message = 'The whole input is an expression, so its address would be data.';
    return report('input-not-drawn', [], message, 'Write its fields one by one, and use expressions for their values.');
  }
  if (Object.values(places).includes('url')) checkAddress(input, report);
  for (const [field, drawn] of Object.entries(input)) {
    const place = Object.hasOwn(places, field) ? places[field] : undefined;
    if (!place) continue;
    if (!hasForwardKey && textsIn(drawn, place).some((words) => words.includes('{forwardKey}'))) {
      const message = '{forwardKey} is the key of the step that is undone or looked up. A step itself has none.';
      report('no-forward-key', [field], message, 'Use {idempotencyKey}.');
    }
    if (
      place === 'path' &&
      textsIn(drawn, place).some((words) => climbs(words, { encoded: true }) || SEPARATOR.test(words))
    )
      report('path-structure', [field], 'The path leads up, or has an encoded separator.', 'Write the path as it is.');
  }
  checkHeaders(input.headers, report);
  checkForm(input, report);
}

const SEPARATOR = /%(?:2f|5c)/i;

/** [CI8] What is computed is known only in the run. */
function checkAddress({ connection, path, url }: Readonly<Record<string, Template>>, report: Report): void {
  if (connection !== undefined) {
    if (url === undefined) return;
    return report(
      NO_ADDRESS,
      ['url'],
      'The request has a connection and a whole URL, and would fail.',
      'Use one of them.'
    );
  }
  if (url === undefined) {
    const field = path === undefined ? 'url' : 'connection';
    return report(NO_ADDRESS, [field], WITHOUT, 'Choose a connection, or write a whole URL.');
  }
  // A placeholder for a key can be anywhere behind the host.
  if (typeof url !== 'string' || URL.canParse(url.replace(/\{\w+\}/g, 'x'))) return;
  const message = url.trim() === '' ? WITHOUT : 'This is not a whole URL, so the request would fail.';
  report(NO_ADDRESS, ['url'], message, "Begin with 'https://', or choose a connection.");
}
const NO_ADDRESS = 'no-address';
const WITHOUT = 'The request has no address, and would fail.';

/** [CI4] A step may write out the header with the value that is sent anyway. */
function checkHeaders(headers: Template | undefined, report: Report): void {
  if (typeof headers !== 'object' || headers === null || Array.isArray(headers)) return;
  for (const [name, value] of Object.entries(headers)) {
    const own = /^idempotency-(forward-)?key$/i.exec(name);
    if (!own || value === (own[1] ? '{forwardKey}' : '{idempotencyKey}')) continue;
    report('own-header', ['headers', name], `The header '${name}' is reserved for the key of the call.`, 'Remove it.');
  }
}

/** [CI7] What only runs show, the activity checks again. */
function checkForm({ encoding, headers = {}, body }: Readonly<Record<string, Template>>, report: Report): void {
  const read = bodyEncodingSchema.safeParse(encoding);
  if (!read.success) return;
  const fieldsOf = (drawn: Template): readonly string[] | null =>
    isGroup(drawn) && expressionIn(drawn) === null ? Object.keys(drawn) : null;
  const isValue = expressionIn(body ?? null) !== null;
  const names = body === undefined ? null : fieldsOf(body);
  const problems = formProblems({
    encoding: read.data,
    headers: fieldsOf(headers) ?? [],
    body: body === undefined ? 'none' : isValue ? 'group' : names ? { names, areAll: true } : 'single',
    insteadOf: () => 'Write a group of fields: the form has its names in the style that you chose.',
  });
  for (const { path, message } of problems) report('form-body', path, message);
}

const isGroup = (drawn: Template): drawn is Record<string, Template> =>
  typeof drawn === 'object' && drawn !== null && !Array.isArray(drawn);

/** The texts of a field in which a placeholder or a separator has a meaning. */
function textsIn(drawn: Template, place: InputPlace): string[] {
  const source = expressionIn(drawn);
  if (source !== null) return place === 'path' || place === 'url' ? drawnTexts(addressOf(source)) : [];
  if (typeof drawn === 'string') return place === 'data' && !/^\{\w+\}$/.test(drawn) ? [] : [drawn];
  if (typeof drawn !== 'object' || drawn === null) return [];
  return Object.values(drawn).flatMap((inner) => textsIn(inner as Template, place));
}
