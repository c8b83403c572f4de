/**
 * Phase 4. Flow → the text of its modules, not formatted yet: the workflow (types, the function, then the schemas and
 * options that it names), and the input types of its activities.
 */
import type { Catalogue } from '../../flow/catalogue';
import { outputName, workflowType, type FlowDocument, type JsonSchema } from '../../flow/document';
import { continuingLoops } from '../../flow/continues';
import { factsOf } from '../../flow/nodes/table';
import { pivotPlaces } from '../../flow/pivots';
import { objectType, schemaType } from '../../flow/schema/type';
import { allNodes, innerNamesOf } from '../../flow/tree';
import { ActivityTypes, CALL_TYPE } from './activity-types';
import { Answers } from './answers';
import { Doors, SCHEMA_TYPE } from './doors';
import { handlers } from './handlers';
import { ModuleNames } from './names';
import { APPROVAL_TYPE, Outputs } from './outputs';
import { capital, documentation, text } from './print';
import { searchable } from './searchable';
import { StepOptions } from './step-options';
import { StepsEmitter, type Markers } from './steps';
import { Variables } from './variables';

/** What a run has of the one before it in its chain, in the saga library. */
const CARRIED_TYPE = 'Carried';
/** Imported from the workflow library. */
const OPTIONS_TYPE = 'ActivityOptions';

export interface Emitted {
  workflow: string;
  /** Null if nothing is imported from it. */
  activities: string | null;
}

export function emitModules(document: FlowDocument, version: number, catalogue: Catalogue, markers: Markers): Emitted {
  const flow = capital(outputName(document.name));
  const outputType = `${flow}Output`;
  const names = new ModuleNames([
    `${flow}Input`,
    outputType,
    'Outputs',
    APPROVAL_TYPE,
    OPTIONS_TYPE,
    SCHEMA_TYPE,
    CALL_TYPE,
    CARRIED_TYPE,
    ...namesOf(document),
  ]);
  const outputs = new Outputs(document, catalogue, names);
  const called = activitiesOf(document);
  const options = new StepOptions(catalogue, names, called);
  const activities = new ActivityTypes(catalogue, names, called);
  const answers = new Answers(document, catalogue, names);
  const variables = new Variables(document, names);
  const doors = new Doors(document, names);
  const pivots = pivotPlaces(document.steps);
  const continuing = continuingLoops(document.steps);
  const carriedName = continuing.length > 0 ? names.take('carried') : '';
  const steps = new StepsEmitter(
    { document, catalogue, outputs, activities, answers, options, variables, pivots, continuing, carriedName },
    markers
  );

  const drawn = steps.flow();
  const handlersType = outputs.handlersType();
  const head = [
    ...variables.declarations(),
    ...drawn.head,
    ...variables.shown(),
    ...searchable(document, outputs),
    ...handlers(document, outputs, doors, handlersType === null ? 'object' : 'Outputs'),
  ];
  const { queries, updates, searchable: fields = {}, variables: values } = document;
  const usesSaga = [document.steps, queries, updates, fields, values].some((drawn) => Object.keys(drawn).length > 0);
  const { types, approval } = outputs.declarations();
  const constants = [...doors.declarations(), ...answers.declarations(), ...options.declarations()];
  const fromSaga = [
    'saga',
    ...(activities.namesCall ? [`type ${CALL_TYPE}`] : []),
    ...(approval ? [`type ${APPROVAL_TYPE}`] : []),
    `type ${SCHEMA_TYPE}`,
    ...(continuing.length > 0 ? [`type ${CARRIED_TYPE}`] : []),
  ];
  const imports = [
    options.declarations().length > 0 ? `import type { ${OPTIONS_TYPE} } from '@temporalio/workflow';` : '',
    `import { ${fromSaga.join(', ')} } from '@backstitch/saga';`,
    activities.importLine(),
  ];
  const parameters = [
    `input: ${flow}Input`,
    ...(continuing.length > 0 ? [`${carriedName}?: ${CARRIED_TYPE}`] : []),
  ].join(', ');
  const result = document.output ? outputType : 'void';
  const workflow = `
${documentation([`${document.title}, version ${version}.`, ...(document.description ? [document.description] : [])])}
${imports.filter((line) => line !== '').join('\n')}

${exportedType(`${flow}Input`, document.input)}

${document.output ? exportedType(outputType, document.output) : ''}

${[...types, ...variables.types()].join('\n\n')}

${handlersType === null ? '' : `/** ${outputsWords(document)} */\n${handlersType}`}

export async function ${workflowType(document.name, version)}(${parameters}): Promise<${result}> {
  return saga({ ${sagaOptions(document, doors, carriedName)} }, async (${usesSaga ? 's' : ''}) => {
    ${head.join('\n')}
    ${drawn.body}
  });
}

${constants.join('\n\n')}
`;
  return { workflow, activities: activities.module() };
}

const outputsWords = ({ searchable: fields = {} }: FlowDocument): string =>
  `The outputs of the steps that have run, for ${Object.keys(fields).length > 0 ? 'searchable fields, ' : ''}queries and updates.`;

/** Names that the flow itself defines. */
function namesOf({ steps, variables }: FlowDocument): string[] {
  const nodes = allNodes(steps);
  const inner = nodes.flatMap((node) => innerNamesOf(node).map(({ name }) => name));
  return [...Object.keys(variables), ...nodes.map(({ id }) => outputName(id)), ...inner];
}

function activitiesOf({ steps }: FlowDocument): string[] {
  return [...new Set(allNodes(steps).flatMap((node) => factsOf(node).activities(node)))];
}

function sagaOptions({ name, rollback, deadline }: FlowDocument, doors: Doors, carriedName: string): string {
  return [
    `flow: ${text(name)}`,
    `onUndoFailure: ${text(rollback.onFailure)}`,
    ...(deadline ? [`deadline: ${text(deadline)}`] : []),
    ...doors.options(),
    ...(carriedName === '' ? [] : [carriedName === 'carried' ? carriedName : `carried: ${carriedName}`]),
  ].join(', ');
}

function exportedType(name: string, schema: JsonSchema): string {
  const type = schema.type === undefined ? objectType(schema) : schemaType(schema);
  return type.startsWith('{') ? `export interface ${name} ${type}` : `export type ${name} = ${type};`;
}
