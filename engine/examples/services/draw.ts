/**
 * Steps that call example services, as they are drawn in the designer: the declared undo and look-up come with the
 * step.
 */
import type { Template } from '../../flow/template';
import { connectionName } from './connection';
import { REFERENCE, type Service } from './service';

export const expr = ($expr: string): { $expr: string } => ({ $expr });

interface Drawn {
  id: string;
  title: string;
  note?: string;
  /** Beside the reference and the scenario. */
  input?: Readonly<Record<string, Template>>;
  /** Further fields of the step. */
  more?: Readonly<Record<string, unknown>>;
}

export interface Drawer {
  /** A step with an effect. `unknown`: what happens if its outcome is unknown; by default it is looked up. */
  effect(name: string, drawn: Drawn & { unknown?: 'check' | 'undo' | 'ask' }): object;
  /** A step that only asks. */
  question(name: string, drawn: Drawn): object;
}

/**
 * Draws steps of a service. `reference` and `scenario` are expressions, the same in every call of a flow. Throws if the
 * service has no such operation.
 */
export function drawerFor(service: Service, reference: string, scenario = 'input.scenario'): Drawer {
  const activity = (name: string) => `${connectionName(service)}.${name}`;
  const same = { [REFERENCE]: expr(reference) };
  const call = (name: string, { id, title, note, input = {} }: Drawn) => ({
    id,
    kind: 'action',
    title,
    ...(note === undefined ? {} : { note }),
    activity: activity(name),
    input: { ...same, scenario: expr(scenario), ...input },
  });
  return {
    effect(name, { unknown = 'check', ...drawn }) {
      const effect = service.effects.find((each) => each.name === name);
      if (!effect) throw new Error(`the service '${service.name}' has no effect '${name}'`);
      const { undo, lookup } = effect;
      const undoing = undo
        ? { undo: { title: undo.title, activity: activity(undo.name), input: same, armed: undo.armed } }
        : {};
      return {
        ...call(name, drawn),
        ...undoing,
        unknown:
          unknown === 'check' ? { policy: 'check', activity: activity(lookup.name), input: same } : { policy: unknown },
        ...drawn.more,
      };
    },
    question(name, drawn) {
      if (!service.questions.some((each) => each.name === name))
        throw new Error(`the service '${service.name}' has no question '${name}'`);
      return { ...call(name, drawn), ...drawn.more };
    },
  };
}
