/** The services that the templates call. */
import { WAREHOUSE } from './data-pipeline/warehouse';
import { CLOUD } from './environment-provisioning/cloud';
import { FINANCE } from './expense-approval/finance';
import { BANK } from './money-transfer/bank';
import { PERSONNEL } from './onboarding/personnel';
import type { Service } from './services/service';
import type { ScriptedModel } from './services/scripted-model';
import { ASSISTANT, HELP_DESK } from './support-agent/assistant';
import { SCRIPTED_AGENT } from './support-agent/model';
import { TRAVEL } from './travel-booking/travel';

export const MODELS: readonly ScriptedModel[] = [SCRIPTED_AGENT];

export const SERVICES: readonly Service[] = [BANK, PERSONNEL, WAREHOUSE, CLOUD, FINANCE, TRAVEL, HELP_DESK, ASSISTANT];
