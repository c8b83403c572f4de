/**
 * The examples that come with the product, and all that the web knows of them. A new example is a folder here and a
 * line in EXAMPLES or TEMPLATES, its service a line in service-table.ts.
 */
import { bookkeeperOf, type Bookkeeper } from './bookkeeper';
import { DATA_PIPELINE } from './data-pipeline/template';
import { ENVIRONMENT_PROVISIONING } from './environment-provisioning/template';
import type { Example } from './example';
import { EXPENSE_APPROVAL } from './expense-approval/template';
import { MONEY_TRANSFER } from './money-transfer/template';
import { ONBOARDING } from './onboarding/template';
import { ORDER_FULFILMENT, SHOP_BOOKS } from './order-fulfilment/example';
import { ORDER } from './order-fulfilment/template';
import { SERVICES } from './service-table';
import { SUPPORT_AGENT } from './support-agent/template';
import type { Template } from './template';
import { TRAVEL_BOOKING } from './travel-booking/template';

export const EXAMPLES: readonly [Example, ...Example[]] = [ORDER_FULFILMENT];
/** Offered where there is no flow yet. */
export const [FIRST_EXAMPLE] = EXAMPLES;

/** The services of examples and templates that keep books. */
export const BOOKKEEPERS: readonly Bookkeeper[] = [SHOP_BOOKS, ...SERVICES.map(bookkeeperOf)];

export const bookkeeperNamed = (connection: string): Bookkeeper | null =>
  BOOKKEEPERS.find((each) => each.connection === connection) ?? null;

/** Flows to begin with, in the order in which they are offered. */
export const TEMPLATES: readonly Template[] = [
  ORDER,
  MONEY_TRANSFER,
  TRAVEL_BOOKING,
  EXPENSE_APPROVAL,
  ONBOARDING,
  DATA_PIPELINE,
  ENVIRONMENT_PROVISIONING,
  SUPPORT_AGENT,
];

export const templateOf = (name: string): Template | null => TEMPLATES.find((each) => each.name === name) ?? null;
