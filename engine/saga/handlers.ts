/** The queries and updates that a flow declares. They read the outputs of the steps that have run. */
import { defineQuery, defineUpdate, setHandler } from '@temporalio/workflow';
import { asFailure } from './failures';
import { refuse } from './operator';
import type { SagaState } from './state';
import { misfitOf, type ValueSchema } from './value-check';

export interface UpdateSpec<Argument, Outputs extends object> {
  schema?: ValueSchema;
  accept?: (argument: Argument, outputs: Partial<Outputs>) => boolean;
  refusal?: string;
  apply(argument: Argument, outputs: Partial<Outputs>): void;
}

export function serveQuery<Outputs extends object>(
  state: SagaState,
  name: string,
  answer: (outputs: Partial<Outputs>) => unknown
): void {
  setHandler(defineQuery(name), () => answer(state.outputs as Partial<Outputs>));
}

export function serveUpdate<Argument, Outputs extends object>(
  state: SagaState,
  name: string,
  spec: UpdateSpec<Argument, Outputs>
): void {
  const outputs = state.outputs as Partial<Outputs>;
  const { exact } = state;
  const apply = (argument: Argument): void => {
    try {
      spec.apply(exact.read(argument), outputs);
    } catch (error) {
      throw asFailure(error, { nodeId: name, through: false });
    }
    state.searchable?.tell();
  };
  setHandler(defineUpdate<void, [Argument]>(name), apply, {
    validator: (sent) => {
      const argument = exact.read(sent);
      const misfit = spec.schema && misfitOf(argument, spec.schema);
      if (misfit) refuse('InvalidInput', `'${name}' does not fit: ${misfit.at} ${misfit.message}.`);
      if (spec.accept && !spec.accept(argument, outputs))
        refuse('Refused', spec.refusal ?? `'${name}' is not accepted now.`);
    },
  });
}
