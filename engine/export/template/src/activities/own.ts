/** A function of your own (src/code), with the key of its step in the field that it named for it. */
import { asData, demandMatch, type ActivityCall } from './call';

interface Fields {
  keyField?: string;
  forwardKeyField?: string;
  /** JSON Schema. */
  output?: object;
}

export const own =
  (load: () => Promise<object>, name: string, { keyField, forwardKeyField, output }: Fields) =>
  async (input: unknown, { idempotencyKey, forwardKey }: ActivityCall): Promise<unknown> => {
    const functions = (await load()) as Record<string, (input: unknown, keys: object) => Promise<unknown>>;
    const argument = {
      ...(input as object | null),
      ...(keyField === undefined ? {} : { [keyField]: idempotencyKey }),
      ...(forwardKeyField === undefined ? {} : { [forwardKeyField]: forwardKey }),
    };
    const value = asData(await functions[name]!(argument, { idempotencyKey, ...(forwardKey ? { forwardKey } : {}) }));
    demandMatch(output, value, `What '${name}' returned`);
    return value;
  };
