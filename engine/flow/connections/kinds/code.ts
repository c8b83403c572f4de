/**
 * The operator's own folder of TypeScript activities (engine/activities/code). Its connection and its operations are
 * read from the folder: nobody edits them.
 *
 * A version keeps the schemas, the effect and the undo of an operation. The code is that of the folder now, as it is
 * with any Temporal worker.
 */
import { z } from 'zod';
import type { KindFacts } from './kind-facts';

const codeSettingsSchema = z.strictObject({
  /** The path of the folder, on the machine of the engine. */
  folder: z.string().min(1).max(1_000),
});
export type CodeSettings = z.infer<typeof codeSettingsSchema>;

const field = z.string().min(1).max(200);
const codeCallSchema = z.strictObject({
  kind: z.literal('code'),
  /** The exported function. */
  function: z.string().regex(/^[a-z][a-zA-Z0-9]{0,62}$/),
  /** The fields of its argument that receive the keys of the call; they are not fields of the input. */
  keyField: field.optional(),
  forwardKeyField: field.optional(),
});
export type CodeCall = z.infer<typeof codeCallSchema>;

export const code: KindFacts<CodeSettings, CodeCall> = {
  words: 'Your own code',
  settings: codeSettingsSchema,
  call: codeCallSchema,
  address: ({ folder }) => folder,
  login: () => 'The variables that the operator names',
  line: (call) => ({ verb: 'CALL', text: call.function }),
  fields: () => [],
  check: () => {},
  output: (_, declared) => declared,
  onlyReads: () => true,
  fromFolder: true,
};
