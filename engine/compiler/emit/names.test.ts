/**
 * Names in generated code for what a flow calls.
 *
 * Rules
 * [NM1] The input type of an operation has its name; only where two called operations would clash, it has the
 *       connection's too.
 * [NM2] Operations of one connection with the same options share one constant.
 * [NM3] A long union that several inputs have under the same field is written once, with the name of the field.
 */
import { expect, it } from 'vitest';
import { catalogue } from '../../activities/catalogue';
import type { Catalogue } from '../../flow/catalogue';
import { compile } from '../compile';

const operation = (name: string, startToCloseTimeout: string): Catalogue[string] => ({
  name,
  title: name,
  effect: 'none',
  input: { type: 'object', properties: { id: { type: 'string' } } },
  output: {},
  defaultOptions: { startToCloseTimeout },
  sha: 'test',
});
const OPERATIONS = [
  operation('my-travel.bookFlight', '2s'),
  operation('my-travel.findHTTPRoute', '2s'),
  operation('my-travel.wait', '9s'),
  operation('bank.pay', '2s'),
  operation('tax-office.pay', '3s'),
];

const codeCalling = async (...activities: string[]) => (await filesCalling(activities))['workflow.ts']!;

async function filesCalling(activities: string[], more: Catalogue = {}): Promise<Record<string, string>> {
  const steps = activities.map((activity, index) => ({
    id: `s${index}`,
    kind: 'action',
    title: activity,
    activity,
    input: activity === 'log' ? { message: 'hello' } : { id: 'x' },
  }));
  const document = { format: 2, name: 'names', title: 'Names', input: { type: 'object' }, steps };
  const operations = Object.fromEntries(OPERATIONS.map((each) => [each.name, each]));
  const { files, diagnostics } = await compile(document, {
    version: 1,
    catalogue: { ...catalogue, ...operations, ...more },
    saga: {},
  });
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  return files;
}

it('[NM1] input types are named after the operation', async () => {
  const code = await codeCalling('my-travel.bookFlight', 'my-travel.findHTTPRoute', 'bank.pay', 'log');
  expect(code).toContain(
    "import type { BookFlightInput, FindHTTPRouteInput, LogInput, PayInput } from './activities';"
  );
});

it('[NM1] two operations with one name have the names of their connections', async () => {
  const code = await codeCalling('bank.pay', 'tax-office.pay');
  expect(code).toContain("import type { BankPayInput, TaxOfficePayInput } from './activities';");
});

it('[NM2] there is one constant for the same options of a connection', async () => {
  const code = await codeCalling('my-travel.bookFlight', 'my-travel.findHTTPRoute', 'my-travel.wait', 'log');
  expect([...code.matchAll(/^const (\w+): ActivityOptions/gm)].map((match) => match[1])).toEqual([
    'MY_TRAVEL_OPTIONS',
    'MY_TRAVEL_WAIT_OPTIONS',
    'LOG_OPTIONS',
  ]);
});

it('[NM2] there is one constant for the same options of several connections', async () => {
  const code = await codeCalling('my-travel.bookFlight', 'my-travel.wait', 'bank.pay');
  expect([...code.matchAll(/^const (\w+): ActivityOptions/gm)].map((match) => match[1])).toEqual([
    'DEFAULT_OPTIONS',
    'MY_TRAVEL_OPTIONS',
  ]);
});

it('[NM3] a union that several inputs have is written once', async () => {
  const outcome = {
    type: 'string' as const,
    enum: ['goes-well', 'card-declined', 'answer-lost', 'refund-fails-too', 'late'],
  };
  const properties = {
    id: { type: 'string' as const },
    outcome,
    unit: { type: 'string' as const, enum: ['EUR', 'USD'] },
  };
  const taking = (name: string, drawn: object) => ({
    [name]: { ...operation(name, '2s')!, input: { type: 'object' as const, properties: { ...properties, ...drawn } } },
  });
  const types = async (drawn: object) =>
    (await filesCalling(['bank.pay', 'bank.refund'], { ...taking('bank.pay', {}), ...taking('bank.refund', drawn) }))[
      'activities.ts'
    ]!;
  const same = await types({});
  expect(same.match(/refund-fails-too/g)).toHaveLength(1);
  expect(same).toContain('type Outcome =');
  expect(same.match(/ {2}outcome\?: Outcome;/g)).toHaveLength(2);
  expect(same.match(/unit\?: 'EUR' \| 'USD';/g)).toHaveLength(2);
  const other = await types({ outcome: { type: 'string', enum: [...outcome.enum, 'never-before'] } });
  expect(other).not.toContain('type Outcome');
});
