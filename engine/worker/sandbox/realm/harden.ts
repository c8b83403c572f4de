/**
 * Freezes a realm: everything that can be reached from the given objects through properties, accessors and
 * prototypes. Runs then cannot pass information to each other through shared objects.
 *
 * A frozen prototype alone would also forbid `order.toString = …` on a run's own object, because JavaScript refuses
 * to shadow a read-only property. So inherited properties become accessors whose setter defines the property on the
 * object of the assignment, as in Hardened JavaScript (SES).
 */

/** Taken from `Object`, because the realm may have no `Function` any more. */
const functionPrototype = Object.getPrototypeOf(Object) as object;

export function harden(roots: Iterable<unknown>): void {
  const found = new Set<object>();
  const prototypes = new Set<object>();
  const queue: object[] = [];
  const visit = (value: unknown) => {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || found.has(value)) return;
    found.add(value);
    queue.push(value);
  };
  for (const root of roots) visit(root);
  for (let object = queue.pop(); object; object = queue.pop()) {
    const prototype = Object.getPrototypeOf(object) as object | null;
    if (prototype && (typeof prototype !== 'function' || prototype === functionPrototype)) prototypes.add(prototype);
    visit(prototype);
    for (const key of Reflect.ownKeys(object)) {
      const property = Reflect.getOwnPropertyDescriptor(object, key);
      if (!property) continue;
      visit(property.value);
      visit(property.get);
      visit(property.set);
      if (key === 'prototype' && typeof object === 'function' && property.value)
        prototypes.add(property.value as object);
    }
  }
  for (const prototype of prototypes) allowShadowing(prototype, found);
  for (const object of found) if (!ArrayBuffer.isView(object)) Object.freeze(object);
}

/** Properties of the built-in classes and of the library's classes that objects often redefine. */
const COMMON = new Set<PropertyKey>(['toString', 'valueOf', 'toJSON', 'name', 'message']);

function allowShadowing(prototype: object, found: Set<object>): void {
  const anything = prototype === Object.prototype || prototype === Error.prototype || prototype instanceof Error;
  for (const key of Reflect.ownKeys(prototype)) {
    const property = Reflect.getOwnPropertyDescriptor(prototype, key);
    if (!property?.configurable || !property.writable || !(anything || COMMON.has(key))) continue;
    const { value, enumerable } = property as { value: unknown; enumerable: boolean };
    const accessor = {
      get() {
        return value;
      },
      set(this: object, next: unknown) {
        if (this === prototype) throw new TypeError(`Cannot assign to '${String(key)}': runs share it`);
        if (Object.hasOwn(this, key)) (this as Record<PropertyKey, unknown>)[key] = next;
        else Object.defineProperty(this, key, { value: next, writable: true, enumerable: true, configurable: true });
      },
    };
    Object.defineProperty(prototype, key, { ...accessor, enumerable, configurable: false });
    found.add(accessor.get).add(accessor.set);
  }
}

/** Intrinsics that only syntax creates, and to which no global leads. */
export function syntaxIntrinsics(): unknown[] {
  const segments = new Intl.Segmenter().segment('text');
  const iterators = [[], new Map(), new Set(), 'text', segments].map((value) => value[Symbol.iterator]());
  return [
    segments,
    ...iterators,
    async function () {},
    function* () {},
    async function* () {},
    /./[Symbol.matchAll](''),
    Reflect.getOwnPropertyDescriptor(
      (function () {
        // eslint-disable-next-line prefer-rest-params -- its 'callee' is %ThrowTypeError%
        return arguments;
      })(),
      'callee'
    )?.get,
  ];
}
