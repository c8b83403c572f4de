/**
 * All activities that come with the product, as the compiler and the designer see them. Data only; the functions are
 * in `functions.ts`.
 */
import type { Catalogue, CatalogueActivity } from '../flow/catalogue';
import { alertPlan, alertTell } from './alert/definition';
import { httpRequest } from './http/definition';
import { humanAsk, humanClose, humanOpen } from './human/definition';
import { log } from './log/definition';

const activities: CatalogueActivity[] = [httpRequest, humanOpen, humanAsk, humanClose, alertTell, alertPlan, log];

export const catalogue: Catalogue = Object.freeze(
  Object.fromEntries(activities.map((activity) => [activity.name, activity]))
);
