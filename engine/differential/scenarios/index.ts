import type { Scenario } from '../scenario';
import { MESSAGES } from './messages';
import { READS } from './reads';
import { STARTS } from './starts';

export const SCENARIOS: readonly Scenario[] = [...STARTS, ...MESSAGES, ...READS];
