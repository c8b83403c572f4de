/** The words for what a step does to the world, and what happens when something goes wrong. */
import type { Effect } from '@/engine/flow/document';

export const EFFECT_WORDS: Readonly<Record<Effect, { label: string; description: string }>> = {
  none: { label: 'No effect', description: 'It only reads. Nothing has to be undone.' },
  reversible: { label: 'Can be undone', description: 'It changes something, and another call can undo that.' },
  irreversible: {
    label: 'Cannot be undone',
    description: 'It changes something that no call can undo: a mail, a payout.',
  },
};

export const UNDO_FAILURE_WORDS = {
  ask: {
    label: 'Ask an operator',
    description: 'Somebody decides: try again, done by hand, or leave the effect as it is.',
  },
  retry: { label: 'Keep trying', description: 'The undo is retried without a limit until it succeeds.' },
  continue: {
    label: 'Go on without it',
    description: 'The other undos run. The effect may remain, and the run says so.',
  },
} as const;

export const ARMED_WORDS = {
  completed: { label: 'After the step has succeeded', description: 'The undo can read the answer of the step.' },
  attempted: {
    label: 'As soon as the step starts',
    description: 'The undo also runs if the step fails half way. It cannot read the answer.',
  },
} as const;

/** Choices for radio buttons. */
export const optionsOf = <V extends string>(words: Readonly<Record<V, { label: string; description: string }>>) =>
  (Object.keys(words) as V[]).map((value) => ({ value, ...words[value] }));
