/** RetireVersion of `backstitch.v1`. */
import { status, type handleUnaryCall } from '@grpc/grpc-js';
import type pg from 'pg';
import { flowNameSchema } from '../flow/names';
import type { Caller } from '../permissions/caller';
import type { Operation } from '../permissions/permissions';
import type { Publisher } from '../versions/publish';
import type { VersionRegistry } from '../versions/registry';
import { retireVersion, unretireVersion } from '../versions/retire';
import type { RetireVersionRequest } from './messages';
import { Refusal } from './refusal';

const REASON_CHARACTERS = 2_000;

export interface RetireMethodParts {
  pool: pg.Pool;
  registry: Pick<VersionRegistry, 'load'>;
  publisher: Pick<Publisher, 'registerFieldsOf'>;
  unary<Request, Response>(
    method: string,
    operation: Operation,
    perform: (request: Request, caller: Caller) => Promise<Response>
  ): handleUnaryCall<Request, Response>;
  actingFor(caller: Caller, named: string): string;
  demand(caller: Caller, operation: Operation, flow: string | null): void;
}

export function retireMethod({ pool, registry, publisher, unary, actingFor, demand }: RetireMethodParts) {
  return unary<RetireVersionRequest, object>('RetireVersion', 'flows.retire', async (request, caller) => {
    const { flow, version, retired, evenLast } = request;
    if (!flowNameSchema.safeParse(flow).success)
      throw new Refusal(status.INVALID_ARGUMENT, 'flow is not the name of a flow');
    const operation = retired ? 'flows.retire' : 'flows.unretire';
    demand(caller, operation, flow);
    const by = actingFor(caller, request.changedBy);
    const reason = request.reason.slice(0, REASON_CHARACTERS);
    const outcome = retired
      ? await retireVersion(pool, registry, { flow, version: version || null, by, reason, evenLast })
      : await unretireVersion(pool, registry, publisher, flow, version || null);
    if (typeof outcome === 'object')
      throw new Refusal(status.FAILED_PRECONDITION, `'${flow}' remains retired. ${outcome.problems.join(' ')}`);
    if (outcome === 'unknown')
      throw new Refusal(
        status.NOT_FOUND,
        version ? `'${flow}' version ${version} is not published` : `'${flow}' is not published`
      );
    if (outcome === 'last')
      throw new Refusal(
        status.FAILED_PRECONDITION,
        `version ${version} is the only version of '${flow}' that starts runs: set even_last to retire it all the same`
      );
    return {};
  });
}
