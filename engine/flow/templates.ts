/** Where a flow holds expressions, field by field: everything that reads or checks them asks here, so that no field is forgotten. */
import type { FlowDocument, FlowNode } from './document';

export interface TemplateField {
  /** The template; an expression field stands as `{ $expr }`. */
  value: unknown;
  /** Inside the node, or inside the document for a field of the flow. */
  path: (string | number)[];
  /** Evaluated when the node's own output may be there: an undo's input. */
  readsOwn?: boolean;
  /** It may read `argument`: what a signal or an update carries. */
  readsArgument?: boolean;
}

/** The templates of a node itself; those of nodes nested in it belong to them. */
export function templatesOf(node: FlowNode): TemplateField[] {
  switch (node.kind) {
    case 'action':
      return [
        { value: node.input, path: ['input'] },
        ...(node.undo ? [{ value: node.undo.input, path: ['undo', 'input'], readsOwn: true }] : []),
        ...(node.unknown?.policy === 'check' ? [{ value: node.unknown.input, path: ['unknown', 'input'] }] : []),
      ];
    case 'choice':
      return node.branches.map(({ when }, index) => ({ value: { $expr: when }, path: ['branches', index, 'when'] }));
    case 'wait':
      return node.until === undefined
        ? [{ value: node.duration, path: ['duration'] }]
        : [{ value: { $expr: node.until }, path: ['until'] }];
    case 'approval':
      return [{ value: node.data, path: ['data'] }];
    case 'set':
      return Object.entries(node.values).map(([name, value]) => ({ value, path: ['values', name] }));
    case 'fail':
      return [{ value: node.message, path: ['message'] }];
    case 'end':
      return [{ value: node.output, path: ['output'] }];
    case 'waitForSignal':
      return node.when === undefined ? [] : [{ value: { $expr: node.when }, path: ['when'], readsArgument: true }];
    case 'parallel':
      return [];
  }
}

export interface FlowTemplateField extends TemplateField {
  owner: 'variable' | 'signal' | 'query' | 'update';
  /** Of the variable, signal, query or update. */
  name: string;
}

/** The templates of the flow itself, in the order of evaluation. */
export function flowTemplatesOf(document: FlowDocument): FlowTemplateField[] {
  const { variables, signals, queries, updates } = document;
  return [
    ...Object.entries(variables).map(([name, { initial }]): FlowTemplateField => {
      return { owner: 'variable', name, value: initial, path: ['variables', name, 'initial'] };
    }),
    ...Object.entries(signals).flatMap(([name, { key }]): FlowTemplateField[] => {
      const path = ['signals', name, 'key'];
      return key === undefined ? [] : [{ owner: 'signal', name, value: { $expr: key }, path, readsArgument: true }];
    }),
    ...Object.entries(queries).map(([name, { result }]): FlowTemplateField => {
      return { owner: 'query', name, value: result, path: ['queries', name, 'result'] };
    }),
    ...Object.entries(updates).flatMap(([name, { accept, set }]): FlowTemplateField[] => [
      ...(accept === undefined
        ? []
        : [
            {
              owner: 'update' as const,
              name,
              value: { $expr: accept },
              path: ['updates', name, 'accept'],
              readsArgument: true,
            },
          ]),
      ...Object.entries(set).map(([variable, value]): FlowTemplateField => {
        return { owner: 'update', name, value, path: ['updates', name, 'set', variable], readsArgument: true };
      }),
    ]),
  ];
}
