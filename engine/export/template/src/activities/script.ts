/**
 * A script of the flow (src/scripts). It is code of this project now: nothing limits what it reaches, its time or its
 * memory.
 */
import { asData, demandMatch, failure } from './call';

/** The type of its input is that of the operation, which JavaScript does not have. */
type Script = { default: (input: never) => unknown };

export const script =
  (load: () => Promise<Script>, output?: object) =>
  async (input: unknown): Promise<unknown> => {
    const { default: run } = await load();
    const returned = await Promise.resolve(run(input as never)).catch((error: unknown) => {
      const { name, message } = error instanceof Error ? error : { name: 'Error', message: String(error) };
      // The same script ends in the same way, so it is not run again. A flow can catch an error by its name.
      throw failure(/^(\w*Error|NotApplied|Cancelled\w*)$/.test(name) ? 'ScriptError' : name, true, message);
    });
    const value = asData(returned);
    demandMatch(output, value, 'What the script returned');
    return value;
  };
