/**
 * How each scenario of each template ends. The unit tests (engine/examples) and the journeys in a browser (e2e) compare with
 * this one table.
 */
import type { End } from './end';
import { MONEY_TRANSFER_ENDS } from './money-transfer-ends';

/** By the name of the template. */
export const ENDS: Readonly<Record<string, readonly End[]>> = {
  'money-transfer': MONEY_TRANSFER_ENDS,
};
