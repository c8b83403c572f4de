/** The failure matrix of each template as matrix.test.ts has played it, for the page of the template. */
import { z } from 'zod';
import dataPipeline from './matrix/data-pipeline.json';
import environmentProvisioning from './matrix/environment-provisioning.json';
import expenseApproval from './matrix/expense-approval.json';
import moneyTransfer from './matrix/money-transfer.json';
import onboarding from './matrix/onboarding.json';
import orderFulfilment from './matrix/order-fulfilment.json';
import supportAgent from './matrix/support-agent.json';
import travelBooking from './matrix/travel-booking.json';

const cellSchema = z.object({
  nodeId: z.string(),
  failure: z.enum(['before', 'after', 'unknown', 'stopped', 'rejected', 'late']),
  undo: z.enum(['works', 'fails', 'none']),
  end: z.object({
    kind: z.enum(['completed', 'failed', 'canceled', 'asks', 'retries', 'waits', 'broken', 'tooLong']),
    questions: z.array(z.object({ nodeId: z.string(), kind: z.string() })),
  }),
  left: z.array(
    z.object({
      nodeId: z.string(),
      state: z.enum(['standing', 'mayStand', 'undoing', 'undoFailed', 'leftStanding']),
      happened: z.enum(['yes', 'maybe', 'no']),
      mayBeUndone: z.boolean(),
    })
  ),
  undone: z.array(z.string()),
  /** The item of a loop that fails alone. */
  item: z
    .object({
      at: z.enum(['first', 'middle', 'last']),
      item: z.string(),
      of: z.int(),
      unit: z.enum(['item', 'round']),
    })
    .optional(),
});
/** A cell of the matrix, in the order of the flow. */
export type TemplateCell = z.infer<typeof cellSchema>;

const MATRICES: Readonly<Record<string, unknown>> = {
  'order-fulfilment': orderFulfilment,
  'money-transfer': moneyTransfer,
  'travel-booking': travelBooking,
  'expense-approval': expenseApproval,
  onboarding,
  'data-pipeline': dataPipeline,
  'environment-provisioning': environmentProvisioning,
  'support-agent': supportAgent,
};

/** Empty for a template that is not there. */
export const matrixOf = (template: string): TemplateCell[] => z.array(cellSchema).parse(MATRICES[template] ?? []);
