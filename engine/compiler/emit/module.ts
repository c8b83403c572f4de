/** Phase 4. Flow → the text of one module, not formatted yet: types, then the function that is the workflow. */
import type { Catalogue } from '../../flow/catalogue';
import { outputName, workflowType, type FlowDocument, type JsonSchema } from '../../flow/document';
import { pivotPlaces } from '../../flow/pivots';
import { objectType, schemaType } from '../schema-types';
import { declarations } from './handlers';
import { capital, Outputs, APPROVAL_TYPE } from './outputs';
import { documentation, durationMs, literal, text } from './print';
import { StepsEmitter, type Markers } from './steps';

export function emitModule(document: FlowDocument, version: number, catalogue: Catalogue, markers: Markers): string {
  const flow = capital(outputName(document.name));
  const outputType = `${flow}Output`;
  const outputs = new Outputs(document, catalogue);
  const pivots = pivotPlaces(document.steps);
  const steps = new StepsEmitter({ document, catalogue, outputs, pivots, markers, outputType });

  const body = steps.steps(document.steps);
  const handlersType = outputs.handlersType();
  const head = declarations(document, outputs, handlersType === null ? 'object' : 'Outputs');
  const { types, approval } = outputs.declarations();
  const result = document.output ? outputType : 'void';
  return `
${documentation([`${document.title}, version ${version}.`, ...(document.description ? [document.description] : [])])}
import { saga${approval ? `, type ${APPROVAL_TYPE}` : ''} } from '@backstitch/saga';

${exportedType(`${flow}Input`, document.input)}

${document.output ? exportedType(outputType, document.output) : ''}

${types.join('\n\n')}

${handlersType === null ? '' : `/** What the steps gave, as far as they ran: queries and updates read it. */\n${handlersType}`}

export async function ${workflowType(document.name, version)}(${outputs.reads('input') ? 'input' : '_input'}: ${flow}Input): Promise<${result}> {
  return saga<${result}>({ ${sagaOptions(document)} }, async (${document.steps.length > 0 || head !== '' ? 's' : ''}) => {
    ${head}
    ${body}
  });
}
`;
}

function sagaOptions({ name, rollback, deadline, signals }: FlowDocument): string {
  const declared = Object.keys(signals);
  return [
    `flow: ${text(name)}`,
    `onUndoFailure: ${text(rollback.onFailure)}`,
    ...(deadline ? [`deadlineMs: ${durationMs(deadline)}`] : []),
    ...(declared.length > 0 ? [`signals: ${literal(declared)}`] : []),
  ].join(', ');
}

function exportedType(name: string, schema: JsonSchema): string {
  const type = schema.type === undefined ? objectType(schema) : schemaType(schema);
  return type.startsWith('{') ? `export interface ${name} ${type}` : `export type ${name} = ${type};`;
}
