'use client';

/** The password of the signed-in person, with the refusal of what was asked with it. */
import type { AppFailure } from '@/app/_contract/errors';
import { FailureBand } from '@/components/live/failure-band';
import { usePerson } from '@/components/people/person';
import { Field, Input } from '@/components/ui/field';

export const problemAt = (failure: AppFailure | null, at: string) =>
  failure?.problems?.find((each) => each.at === at)?.message ?? null;

/** For changes that a session alone must not make. `failure`: of the change. */
export function OwnPasswordField({
  failure,
  value,
  onChange,
}: {
  failure: AppFailure | null;
  value: string;
  onChange: (password: string) => void;
}) {
  const { email } = usePerson();
  return (
    <>
      {failure && !failure.problems ? <FailureBand failure={failure} /> : null}
      {/* Password managers read this field to find the account of the password. */}
      <input type="hidden" name="username" autoComplete="username" value={email} />
      <Field label="Your password" required error={problemAt(failure, '/password')}>
        <Input
          type="password"
          autoComplete="current-password"
          maxLength={128}
          value={value}
          onChange={({ target }) => onChange(target.value)}
        />
      </Field>
    </>
  );
}
