'use client';

/** Keeps a trial as a test of the flow: its name, and what must come of it. What came of it is filled in. */
import { useState } from 'react';
import { Field, Input, Select } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { idFor } from '@/engine/flow/edit/compose';
import { END_KINDS, endWords, MOST_TESTS, type EndKind, type FlowTest, type Outcome } from '@/engine/flow/tests';
import { outcomeOf } from '@/engine/trial/outcome';
import type { TrialResult } from '@/engine/trial/result';
import { outcomeWords } from './outcome-words';

type Effect = 'undone' | 'remains' | 'neither';
const EFFECTS: readonly { value: Effect; label: string }[] = [
  { value: 'undone', label: 'is undone' },
  { value: 'remains', label: 'remains, or may remain' },
  { value: 'neither', label: 'neither: it leaves nothing that should not be there' },
];

export function KeepTest({
  result,
  tests,
  onKeep,
  onClose,
}: {
  result: TrialResult;
  tests: readonly FlowTest[];
  onKeep: (test: FlowTest) => void;
  onClose: () => void;
}) {
  const { manifest, reached, plan } = result;
  const [title, setTitle] = useState('');
  const [expect, setExpect] = useState<Outcome>(() => outcomeOf(result));
  const titleOf = (id: string) => manifest.nodes[id]?.title ?? id;
  const effects = reached.filter((id) => (manifest.nodes[id]?.effect ?? 'none') !== 'none');
  const names = new Set(tests.map(({ name }) => name));
  const taken = tests.some((each) => each.title === title.trim());
  return (
    <FormDialog
      title="Keep as a test"
      description="Every publish plays it, and is refused if something else comes of it."
      action="Keep the test"
      pending={false}
      disabledReason={
        tests.length >= MOST_TESTS
          ? `A flow has at most ${MOST_TESTS} tests.`
          : title.trim() === ''
            ? 'Give it a name.'
            : taken
              ? 'Another test has this name.'
              : null
      }
      onSubmit={async () => {
        onKeep({ name: idFor(title.trim(), names), title: title.trim(), plan, expect });
        onClose();
      }}
      onClose={onClose}
    >
      <Field label="Name" required>
        <Input
          autoFocus
          maxLength={120}
          placeholder="Card declined: nothing remains"
          value={title}
          onChange={({ target }) => setTitle(target.value)}
        />
      </Field>
      <Field label="The run" required>
        <Select
          value={expect.ends}
          options={END_KINDS.filter((kind) => kind !== 'broken' && kind !== 'tooLong').map((kind) => ({
            value: kind,
            label: endWords(kind),
          }))}
          onValueChange={(kind) => setExpect({ ...expect, ends: kind as EndKind })}
        />
      </Field>
      {effects.map((id) => (
        <Field key={id} label={`The effect of '${titleOf(id)}'`} required>
          <Select
            value={effectIn(expect, id)}
            options={[...EFFECTS]}
            onValueChange={(effect) => setExpect(withEffect(expect, id, effect as Effect))}
          />
        </Field>
      ))}
      <p className="text-xs text-ink-2">{outcomeWords(expect, titleOf).join(' ')}</p>
    </FormDialog>
  );
}

const effectIn = ({ remains, undone }: Outcome, id: string): Effect =>
  remains.includes(id) ? 'remains' : undone.includes(id) ? 'undone' : 'neither';

/** An undo that is added comes first: what ran last is undone first. */
function withEffect(expect: Outcome, id: string, effect: Effect): Outcome {
  const remains = expect.remains.filter((each) => each !== id);
  const undone = expect.undone.filter((each) => each !== id);
  return {
    ...expect,
    remains: effect === 'remains' ? [...remains, id].sort() : remains,
    undone: effect === 'undone' ? (expect.undone.includes(id) ? expect.undone : [id, ...undone]) : undone,
  };
}
