/**
 * Flows that come with the product and run for it. They are compiled and run as all flows, but belong to nobody: lists do not
 * show them, people neither draw nor start them, and their runs are in a namespace of their own.
 */

/** Tells people and pagers of one alert, from its beginning to its end (app/_server/alerts/flow.ts). */
export const ALERT_FLOW = 'backstitch-alert';

export const isBuiltIn = (flow: string): boolean => flow === ALERT_FLOW;
