import type { FlowDocument } from '../../engine/flow/document';

/**
 * A large flow that begins with two steps, each of which has a problem as soon as an `x` is written behind its time.
 */
export function flowWithTimes(nodes: number): FlowDocument {
  const flow = largeFlow(nodes - 2);
  const input = { type: 'object', properties: { day: { type: 'string', format: 'date-time' } }, required: ['day'] };
  const waits = [
    { id: 'amount', kind: 'wait', title: 'An amount of time', duration: '1d' },
    { id: 'moment', kind: 'wait', title: 'A moment', until: 'input.day' },
  ];
  return { ...flow, input, steps: [...waits, ...flow.steps] } as unknown as FlowDocument;
}

/**
 * Steps with and without undo, and parallel branches between them. The name and the title end with the number of nodes.
 */
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
