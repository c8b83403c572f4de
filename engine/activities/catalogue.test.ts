import { expect, test } from 'vitest';
import { activityOptionsSchema } from '../flow/activity-options';
import { jsonSchemaSchema } from '../flow/json-schema';
import { catalogue } from './catalogue';
import { readActivityConfig } from './config';
import { activityFunctions } from './functions';
import { startActivity, type LogLine } from './testing/context';

test('[CAT1] every activity of the catalogue has a function, and every function is in the catalogue', () => {
  expect(Object.keys(activityFunctions(readActivityConfig({}))).sort()).toEqual(Object.keys(catalogue).sort());
});

test('[CAT2] flows can use all schemas and default options of the catalogue', () => {
  for (const activity of Object.values(catalogue)) {
    expect(jsonSchemaSchema.safeParse(activity.input).error, activity.name).toBeUndefined();
    if (activity.output !== 'per-step') expect(jsonSchemaSchema.safeParse(activity.output).success).toBe(true);
    expect(activityOptionsSchema.safeParse(activity.defaultOptions).error, activity.name).toBeUndefined();
  }
});

test('[CAT3] log writes to the log of its context', async () => {
  const { log } = activityFunctions(readActivityConfig({}));
  const lines: LogLine[] = [];
  await startActivity(
    () => (log as (input: unknown) => Promise<unknown>)({ message: 'hello', level: 'warn', data: { a: 1 } }),
    {},
    lines
  ).result;
  expect(lines).toEqual([{ level: 'warn', message: 'hello', data: { a: 1 } }]);
});
