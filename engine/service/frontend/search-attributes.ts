/**
 * The search attributes of a namespace, added and removed at run time (OperatorService).
 *
 * [CSA1] An added attribute is durable, and is used at once by starts, upserts, lists and counts of its namespace only.
 * [CSA2] A name of the system, or that begins as the names of the server or of sagas do, is refused. One that exists
 *        with the same type changes nothing.
 * [CSA3] After a removal its values are neither returned nor found, by list, count or describe, and can no longer be
 *        written. They remain stored: if the name is added again with a type that they fit, they are there again. (A
 *        Temporal server gives the freed column to the next attribute of the type, whose lists then show them.)
 * [CSA4] Only an administrator adds or removes; each change is in the audit log with the names.
 * [CSA5] The searchable fields of a flow that is published are added in the same way, all of them or none.
 * [CSA6] One that a published flow writes is not removed, because its runs could not go on. The refusal names the flows
 *        and versions. A version no longer counts when it is retired and has no open run. Publishing registers fields
 *        before and after its version is stored, so a removal at the same moment is either refused or made good.
 */
import { status } from '@grpc/grpc-js';
import { nameProblem } from '../../plain-text';
import { temporal } from '../../proto';
import { STATUS } from '../../run-name';
import type { NamespaceRecord } from '../../store/port';
import { isReservedAttribute } from '../../visibility/attribute-names';
import { indexedTypeName, indexedTypeOf, SYSTEM_ATTRIBUTES } from '../../visibility/fields';
import type { Filter } from '../../visibility/record';
import type { FieldWriter } from '../declared';
import { invalid, ServiceError } from '../errors';
import { namespaceOf, type Frontend } from './context';
import { changeNamespace, SEARCH_ATTRIBUTES } from './namespaces';

export import operatorservice = temporal.api.operatorservice.v1;

/** Of a namespace. A Temporal server on a SQL database has 3 of each type, and 10 keywords. */
const MOST = 100;
const FIELD = 'search_attributes';
const isOfSystem = (name: string): boolean =>
  Object.hasOwn(SYSTEM_ATTRIBUTES, name) || Object.hasOwn(SEARCH_ATTRIBUTES, name);

export async function addSearchAttributes(
  frontend: Frontend,
  request: operatorservice.IAddSearchAttributesRequest
): Promise<operatorservice.IAddSearchAttributesResponse> {
  const asked = Object.entries(request.searchAttributes ?? {});
  if (asked.length === 0) throw invalid(FIELD, 'are not set');
  for (const [name, type] of asked) demandName(name, type);
  await change(frontend, request.namespace, (searchAttributes) => {
    for (const [name, type] of asked) {
      const known = searchAttributes[name];
      if (known !== undefined && known !== type)
        throw new ServiceError(
          status.ALREADY_EXISTS,
          `${FIELD}.${name}: exists with the type ${indexedTypeName(known)}. Remove it first to give it another type.`
        );
      searchAttributes[name] = type;
    }
    const own = Object.keys(searchAttributes).filter((name) => !isOfSystem(name));
    if (own.length > MOST) throw invalid(FIELD, `the namespace would have ${own.length}, at most ${MOST} are allowed`);
  });
  return {};
}

/** A searchable field that cannot be registered. `type`: what its name has already; null: the namespace has no room. */
export interface FieldConflict {
  name: string;
  type: string | null;
}

/** [CSA5] For the publisher, which has checked the names. `fields`: names of types by name. */
export async function registerFields(
  frontend: Frontend,
  namespace: string,
  fields: Readonly<Record<string, string>>
): Promise<FieldConflict[]> {
  let conflicts: FieldConflict[] = [];
  await change(frontend, namespace, (searchAttributes) => {
    const room = MOST - Object.keys(searchAttributes).filter((name) => !isOfSystem(name)).length;
    const added = Object.keys(fields).filter((name) => searchAttributes[name] === undefined);
    conflicts = Object.entries(fields).flatMap(([name, type]): FieldConflict[] => {
      const known = searchAttributes[name];
      if (known === undefined) return added.indexOf(name) < room ? [] : [{ name, type: null }];
      return indexedTypeName(known) === type ? [] : [{ name, type: indexedTypeName(known) }];
    });
    if (conflicts.length > 0) return;
    for (const name of added) searchAttributes[name] = indexedTypeOf(fields[name]!);
  });
  return conflicts;
}

function demandName(name: string, type: number): void {
  const problem = name === '' ? 'a name is empty' : nameProblem(name);
  if (problem) throw invalid(FIELD, problem);
  if (isOfSystem(name) || isReservedAttribute(name)) throw invalid(`${FIELD}.${name}`, 'is reserved by the system');
  if (name.includes('`')) throw invalid(`${FIELD}.${name}`, 'has a backtick, so no filter could name it');
  if (indexedTypeName(type) === '') throw invalid(`${FIELD}.${name}`, 'has no type that this engine knows');
}

/** [CSA6] Throws FAILED_PRECONDITION. `names`: of the namespace. */
async function demandUnwritten(frontend: Frontend, { name: namespace }: NamespaceRecord, names: readonly string[]) {
  // Flows run only in the namespaces that the engine was started with.
  if (names.length === 0 || !frontend.own.has(namespace)) return;
  const known = await frontend.writersOf(names);
  const writers = await Promise.all(
    known.map(async (writer) => ({ ...writer, open: await openRunsOf(frontend, namespace, writer.workflowType) }))
  );
  const writing = writers.filter(({ isRetired, open }) => !isRetired || open > 0);
  if (writing.length === 0) return;
  const refusals = [...new Set(writing.map(({ name }) => name))].map((name) => {
    const versions = writing.filter((writer) => writer.name === name).map(writerWords);
    return `${FIELD}.${name}: is written by ${versions.join(', ')}.`;
  });
  throw new ServiceError(
    status.FAILED_PRECONDITION,
    `${refusals.join(' ')} Their runs could not go on without it. Nothing was removed. Publish the flows without the ` +
      `field, retire these versions, and remove it when they have no open runs.`
  );
}

function writerWords({ flow, version, isRetired, open }: FieldWriter & { open: number }): string {
  const runs = `${open} open ${open === 1 ? 'run' : 'runs'}`;
  return `'${flow}' version ${version} (${isRetired ? `retired, ${runs}` : runs})`;
}

async function openRunsOf({ engine }: Frontend, namespace: string, workflowType: string): Promise<number> {
  const of: Filter[] = [
    { op: '=', field: 'WorkflowType', value: workflowType },
    { op: '=', field: 'ExecutionStatus', value: STATUS.running },
  ];
  const groups = await engine.store.count(namespace, { op: 'and', of }, null);
  return groups.reduce((sum, { count }) => sum + count, 0);
}

/** Names that the namespace does not have are ignored, as on a Temporal server. */
export async function removeSearchAttributes(
  frontend: Frontend,
  request: operatorservice.IRemoveSearchAttributesRequest
): Promise<operatorservice.IRemoveSearchAttributesResponse> {
  const names = request.searchAttributes ?? [];
  if (names.length === 0) throw invalid(FIELD, 'are not set');
  const ofSystem = names.find(isOfSystem);
  if (ofSystem !== undefined) throw invalid(FIELD, `${ofSystem} is an attribute of the system and cannot be removed`);
  await change(frontend, request.namespace, async (searchAttributes, namespace) => {
    const known = names.filter((name) => searchAttributes[name] !== undefined);
    await demandUnwritten(frontend, namespace, known);
    for (const name of known) delete searchAttributes[name];
  });
  return {};
}

export function listSearchAttributes(
  frontend: Frontend,
  request: operatorservice.IListSearchAttributesRequest
): operatorservice.IListSearchAttributesResponse {
  const { searchAttributes } = namespaceOf(frontend, request.namespace);
  return {
    customAttributes: Object.fromEntries(Object.entries(searchAttributes).filter(([name]) => !isOfSystem(name))),
    systemAttributes: { ...SYSTEM_ATTRIBUTES, ...SEARCH_ATTRIBUTES },
    storageSchema: {},
  };
}

/** What leaves the names as they are is not stored. */
async function change(
  frontend: Frontend,
  namespace: string | null | undefined,
  apply: (searchAttributes: NamespaceRecord['searchAttributes'], before: NamespaceRecord) => void | Promise<void>
): Promise<void> {
  await changeNamespace(frontend, namespace, async (record) => {
    const searchAttributes = { ...record.searchAttributes };
    await apply(searchAttributes, record);
    const namesAndTypes = (of: NamespaceRecord['searchAttributes']) => JSON.stringify(Object.entries(of).sort());
    const isSame = namesAndTypes(searchAttributes) === namesAndTypes(record.searchAttributes);
    return isSame ? record : { ...record, searchAttributes };
  });
}
