/** What is typed in a field, as one edit [DS4], and the id of a step that follows its title. Pure. */
import { idFor, idsOf } from '@/engine/flow/edit/compose';
import { findNode, isFields, type Draft, type Json } from '@/engine/flow/edit/draft';
import type { Operation } from '@/engine/flow/edit/operations';
import { same } from '@/engine/flow/edit/places';

/** Until the flow is first published, the id of a step follows its title. */
export function withIds(draft: Draft, operations: readonly Operation[]): Operation[] {
  return operations.flatMap((each): Operation[] => {
    const isTitle = each.op === 'set' && each.path.length === 1 && each.path[0] === 'title';
    if (!isTitle || each.target.node === null || 'branch' in each.target) return [each];
    const { node: id } = each.target;
    if (typeof each.value !== 'string' || !findNode(draft, id)) return [each];
    const taken = idsOf(draft);
    taken.delete(id);
    const to = idFor(each.value, taken);
    return to === id ? [each] : [each, { op: 'rename', id, to }];
  });
}

/**
 * [DS4] The operations of both, if both set the same fields; null otherwise. The first letter may have made the groups
 * around its field; the next ones change the field alone.
 */
export function mergedTyping(before: readonly Operation[], after: readonly Operation[]): Operation[] | null {
  if (before.length !== after.length) return null;
  const merged = after.map((each, index): Operation | null => {
    const earlier = before[index]!;
    if (each.op !== 'set' || earlier.op !== 'set') return null;
    if (!same(each.target, earlier.target)) return null;
    if (!same(each.path, earlier.path)) {
      const isInside = same(each.path.slice(0, earlier.path.length), earlier.path);
      if (!isInside || each.value === undefined || earlier.value === undefined) return null;
      return { ...earlier, value: withValueAt(earlier.value, each.path.slice(earlier.path.length), each.value) };
    }
    const { was: _, ...rest } = each;
    return { ...rest, ...('was' in earlier ? { was: earlier.was as Json } : {}) };
  });
  return merged.every((each) => each !== null) ? merged : null;
}

function withValueAt(fields: Json, [name, ...rest]: readonly string[], value: Json): Json {
  if (name === undefined) return value;
  const own = isFields(fields) ? fields : {};
  return { ...own, [name]: withValueAt(Object.hasOwn(own, name) ? own[name]! : {}, rest, value) };
}
