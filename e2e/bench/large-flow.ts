import type { FlowDocument } from '../../engine/flow/document';

/** Steps with and without undo, and parallel branches between them. The name and the title end with the number of nodes. */
export function largeFlow(nodes: number): FlowDocument {
  const call = (path: string) => ({ connection: 'shop', method: 'POST', path, body: {} });
  const step = (id: string, undone: boolean) => ({
    id,
    kind: 'action',
    title: `Step ${id}`,
    activity: 'http.request',
    input: call(`/${id}`),
    effect: undone ? 'reversible' : 'none',
    undo: undone ? { title: `Undo ${id}`, activity: 'http.request', input: call('/undo') } : undefined,
  });
  const steps: unknown[] = [];
  let count = 0;
  const id = (kind: string) => `${kind}-${++count}`;
  while (count < nodes - 5) {
    steps.push(step(id('s'), true), step(id('s'), false));
    if (count % 10 < 4) {
      const branches = [0, 1].map((index) => ({
        id: `b-${count}-${index}`,
        title: `Branch ${index}`,
        steps: [step(id('s'), true)],
      }));
      steps.push({ id: id('p'), kind: 'parallel', title: 'At once', branches });
    }
  }
  while (count < nodes) steps.push(step(id('s'), false));
  const input = { type: 'object' };
  return { format: 1, name: `large-${nodes}`, title: `Large ${nodes}`, input, steps } as unknown as FlowDocument;
}
