/**
 * What a request wants to follow its reset, in the same write (service/history/api/resetworkflow/api.go and
 * updateworkflowoptions/api.go of a Temporal server, v1.29.1). There it can change the versioning override of the new
 * run, and nothing else. Runs here have none, and a request that sets one is refused before (fields/to-runs.ts), so what
 * is left is to take away an override that is not there.
 */
import type { temporal } from '../../proto';
import { invalid } from '../errors';

type PostReset = temporal.api.workflow.v1.IPostResetOperation;

/** Of WorkflowExecutionOptions. */
const OPTIONS: readonly string[] = ['versioning_override', 'priority', 'time_skipping_config'];
const OVERRIDE: readonly string[] = ['behavior', 'deployment', 'pinned_version', 'pinned', 'auto_upgrade'];

/** Throws INVALID_ARGUMENT. */
export function demandPostReset(operations: readonly PostReset[] | null | undefined): void {
  for (const { updateWorkflowOptions } of operations ?? []) {
    if (!updateWorkflowOptions) throw invalid('post_reset_operations', 'unsupported post reset operation');
    const paths = updateWorkflowOptions.updateMask?.paths ?? [];
    for (const path of paths) {
      const [option = '', inside, ...more] = path.split('.');
      const isKnown = OPTIONS.includes(option) && (inside === undefined || isInside(option, inside, more));
      if (!isKnown) throw inMask(`'${path}' is no path of WorkflowExecutionOptions`);
    }
    const names = ['behavior', 'deployment'].filter((name) => paths.includes(`versioning_override.${name}`));
    if (names.length === 1) throw inMask('versioning_override fields must be updated together');
  }
}

const isInside = (option: string, name: string, more: readonly string[]): boolean =>
  option === 'versioning_override' && OVERRIDE.includes(name) && more.length === 0;

const inMask = (why: string) =>
  invalid('post_reset_operations.update_workflow_options.update_mask', `error applying update_options: ${why}`);
