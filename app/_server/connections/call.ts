/** Real calls outside of a run: they are audited, because a service may do something. */
import type { CallReport, SendOnce } from '@/app/_contract/connections';
import { activityOf, lineOf } from '@/engine/flow/connections/operation';
import { audited } from '../audit';
import { fromEngine, Refusal } from '../failure';
import { demand, type Actor } from '../people/actor';
import type { Web } from '../web';
import { asked, invalid } from './rows';

type Parts = Pick<Web, 'database' | 'log' | 'versions'>;

export async function testConnection(web: Parts, actor: Actor, name: string): Promise<CallReport> {
  demand(actor, 'connections.test');
  return audited(web, actor, { operation: 'connections.test', target: name }, () =>
    web.versions.testConnection(name).catch(notHeard)
  );
}

export async function sendOnce(
  web: Parts,
  actor: Actor,
  connection: string,
  { operation, input }: SendOnce
): Promise<CallReport> {
  demand(actor, 'operations.sendOnce');
  if (operation.connection !== connection)
    invalid('The operation', '/operation', [{ path: ['connection'], message: `The connection is '${connection}'.` }]);
  const { verb, text } = lineOf(operation);
  const details = { kind: operation.call.kind, call: `${verb} ${text}`.slice(0, 500), effect: operation.effect };
  const target = activityOf(operation);
  return audited(web, actor, { operation: 'operations.sendOnce', target, details }, async () => {
    const report = await web.versions.sendOnce(operation, input ?? {}).catch(notHeard);
    if (!('problems' in report)) return report;
    // A path that begins with '' is inside the input, not inside the operation.
    const [first] = report.problems;
    const ofInput = first?.path[0] === '';
    return invalid(
      ofInput ? 'The input' : 'The operation',
      ofInput ? '/input' : '/operation',
      ofInput ? report.problems.map(({ path, message }) => ({ path: path.slice(1), message })) : report.problems
    );
  });
}

/** The engine's own failure to answer is no answer of the service: the call may have been made. */
function notHeard(error: unknown): never {
  const code = fromEngine(error)?.code;
  if (code === 'outcomeUnknown' || code === 'engineAway')
    throw new Refusal(
      'outcomeUnknown',
      'The engine did not answer, so it is not known whether the service was called.',
      undefined,
      { cause: error }
    );
  return asked(error);
}
