/**
 * Effects as a run carries them to the next one (carried.ts): what many of them have in common is written once, because
 * a command has room for 2 MiB, and a loop may have thousands of effects. Pure, imports only types.
 *
 * Rules
 * [PAK1] What was packed is unpacked to the same data: keys are cut and put together again, and never computed.
 */
import type { CarriedEffect, CarriedScope } from './carried';

type Undo = NonNullable<CarriedEffect['undo']>;
type Keys = NonNullable<CarriedEffect['keys']>;

/** What effects have in common. */
interface EffectKind extends Omit<CarriedEffect, 'activityId' | 'seq' | 'keys' | 'undo'> {
  undo: Omit<Undo, 'input'> | null;
  /** What their keys begin with. */
  keysOf: string | null;
}
/**
 * `kind`: its index. `keys`: what is between the beginning of the keys and the id; all of them where they do not have
 * that form; null: none.
 */
export type PackedEffect = [kind: number, activityId: string, seq: number, keys: string | Keys | null, input?: unknown];
export interface PackedScope {
  unwind: CarriedScope['unwind'];
  items: (PackedEffect | PackedScope)[];
}
export interface PackedEffects {
  kinds: EffectKind[];
  scope: PackedScope;
}
/** The place of the input of its undo in a packed effect. */
export const INPUT_AT = 4;

export function packed(scope: CarriedScope): PackedEffects {
  const kinds: EffectKind[] = [];
  const known = new Map<string, number>();
  const kindOf = (kind: EffectKind): number => {
    const text = JSON.stringify(kind);
    const index = known.get(text) ?? kinds.push(kind) - 1;
    known.set(text, index);
    return index;
  };
  const pack = ({ unwind, items }: CarriedScope): PackedScope => ({
    unwind,
    items: items.map((item) => {
      if ('items' in item) return pack(item);
      const { activityId, seq, keys, undo, ...common } = item;
      const { keysOf, unique } = cut(keys, activityId);
      const { input, ...call } = undo ?? { input: undefined };
      const kind = kindOf({ ...common, undo: undo && (call as Omit<Undo, 'input'>), keysOf });
      return input === undefined ? [kind, activityId, seq, unique] : [kind, activityId, seq, unique, input];
    }),
  });
  const all = pack(scope);
  return { kinds, scope: all };
}

/** The same data. A kind that is missing belongs to no effect of the library. */
export function unpacked({ kinds, scope }: PackedEffects): CarriedScope {
  const unpack = ({ unwind, items }: PackedScope): CarriedScope => ({
    unwind,
    items: items.flatMap((item): CarriedScope['items'] => {
      if (!Array.isArray(item)) return [unpack(item)];
      const [index, activityId, seq, unique, input] = item;
      const kind = kinds[index];
      if (!kind) return [];
      const { undo, keysOf, ...common } = kind;
      return [
        { ...common, activityId, seq, keys: joined(unique, keysOf, activityId), undo: undo && { ...undo, input } },
      ];
    }),
  });
  return unpack(scope);
}

/** 'default/order-1/<unique part>/charge~2' */
function cut(keys: Keys | null, activityId: string): { keysOf: string | null; unique: string | Keys | null } {
  const end = `/${activityId}`;
  const isRegular = keys?.do.endsWith(end) && keys.undo === `${keys.do}:undo` && keys.check === `${keys.do}:check`;
  if (!keys || !isRegular) return { keysOf: null, unique: keys };
  const whole = keys.do.slice(0, -end.length);
  const at = whole.lastIndexOf('/') + 1;
  return { keysOf: whole.slice(0, at), unique: whole.slice(at) };
}

function joined(unique: string | Keys | null, keysOf: string | null, activityId: string): Keys | null {
  if (typeof unique !== 'string') return unique;
  const key = `${keysOf ?? ''}${unique}/${activityId}`;
  return { do: key, undo: `${key}:undo`, check: `${key}:check` };
}
