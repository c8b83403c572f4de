/** The expressions of the flow itself; those of its nodes are facts of their kinds (nodes/facts.ts). */
import type { FlowDocument } from './document';
import type { TemplateField } from './template';

export interface FlowTemplateField extends TemplateField {
  owner: 'variable' | 'signal' | 'query' | 'update' | 'searchable field';
  /** Of the variable, signal, query, update or field. */
  name: string;
}

/** The templates of the flow itself, in the order of evaluation. */
export function flowTemplatesOf(document: FlowDocument): FlowTemplateField[] {
  const { variables, signals, queries, updates, searchable = {} } = document;
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
    ...Object.entries(searchable).map(([name, { value }]): FlowTemplateField => {
      return { owner: 'searchable field', name, value: { $expr: value }, path: ['searchable', name, 'value'] };
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
