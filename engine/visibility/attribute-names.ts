/** Names that a search attribute of a namespace, or a searchable field of a flow, cannot have. */
import { SYSTEM_ATTRIBUTES } from './fields';

/** common/searchattribute/defs.go: names that the server has, or had, for itself. */
const RESERVED = new Set([
  'BatcherNamespace',
  'BatcherUser',
  'BinaryChecksums',
  'BuildIds',
  'Memo',
  'MemoEncoding',
  'NamespaceId',
  'VisibilityTaskKey',
]);
const RESERVED_PREFIX = /^(Temporal|Saga|Backstitch|__)/;

export const isReservedAttribute = (name: string): boolean =>
  Object.hasOwn(SYSTEM_ATTRIBUTES, name) || RESERVED.has(name) || RESERVED_PREFIX.test(name);
