/** The services that the templates call. */
import { BANK } from './money-transfer/bank';
import type { Service } from './services/service';

export const SERVICES: readonly Service[] = [BANK];
