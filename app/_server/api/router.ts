/**
 * The REST door of the API for other systems: finds the endpoint, reads who calls, parses, and calls it.
 *
 * Rules
 * [API1] Each part of an address is decoded by itself, so an id may have slashes, written as %2F.
 * [API2] An address that is known with another method says which ones it has.
 * [API6] A field or a filter that the address does not have is refused, not ignored.
 * [API3] A repetition with the same Idempotency-Key, by the same caller at the same address, is the same request.
 */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { idempotencyKeySchema } from '@/app/_contract/api';
import { fromPart } from '@/app/_contract/address-part';
import { nameProblem } from '@/engine/plain-text';
import { Refusal } from '../failure';
import { bodyOf, parsed, queryOf, signedIn } from '../http/handle';
import { requestIdOf } from '../http/request-id';
import { API_ROOT, ENDPOINTS, type Endpoint } from './endpoints';

/** Serves every address below API_ROOT. */
export const serveApi = signedIn(async ({ web, actor, request }) => {
  const { pathname } = new URL(request.url);
  const { endpoint, params } = endpointAt(request.method, pathname);
  const key = request.headers.get('idempotency-key');
  return endpoint.call({
    web,
    actor,
    params,
    query: queryOf(request, endpoint.query ?? z.strictObject({})),
    body: endpoint.body ? await bodyOf(request, endpoint.body) : undefined,
    requestId: key === null || !endpoint.takesKey ? randomUUID() : requestOfKey(actor.id, pathname, key),
  });
});

/** Throws `nothingHere` and `methodNotAllowed`. */
export function endpointAt(method: string, pathname: string): { endpoint: Endpoint; params: Record<string, string> } {
  const parts = pathname.slice(API_ROOT.length).split('/');
  const here = ENDPOINTS.flatMap((endpoint) => {
    const params = paramsOf(endpoint.path.split('/'), parts);
    return params ? [{ endpoint, params }] : [];
  });
  const found = here.find(({ endpoint }) => endpoint.method === method);
  if (found) return { ...found, params: decoded(found.params) };
  if (here.length === 0)
    throw new Refusal('nothingHere', `There is nothing at this address. ${API_ROOT}/openapi.json lists what there is.`);
  const methods = here.map(({ endpoint }) => endpoint.method).join(' and ');
  throw new Refusal('methodNotAllowed', `This address answers ${methods}, not ${method}.`);
}

/** Null if the address does not have this pattern. */
function paramsOf(pattern: readonly string[], parts: readonly string[]): Record<string, string> | null {
  if (pattern.length !== parts.length) return null;
  const params: Record<string, string> = {};
  for (const [index, name] of pattern.entries()) {
    const part = parts[index] ?? '';
    if (name.startsWith('{')) params[name.slice(1, -1)] = part;
    else if (name !== part) return null;
  }
  return params;
}

function decoded(params: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).map(([name, part]) => {
      const value = fromPart(part);
      const problem = value === null ? 'is not encoded correctly' : nameProblem(value);
      if (value === null || problem) throw new Refusal('badRequest', `The ${name} in this address ${problem}.`);
      return [name, value];
    })
  );
}

/** [API3] */
export const requestOfKey = (caller: string, address: string, key: string): string =>
  requestIdOf(caller, address, parsed(idempotencyKeySchema, key, 'The Idempotency-Key'));
