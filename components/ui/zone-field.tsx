'use client';

/** A time zone by its IANA name, with those that the browser has as suggestions. */
import { useId, useSyncExternalStore } from 'react';
import { Field, Input } from './field';

const never = () => () => {};
const localZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone || 'UTC';
/** The zone of this machine; UTC on the server, so that the first paint can be hydrated. */
export const useLocalZone = (): string => useSyncExternalStore(never, localZone, () => 'UTC');
/** The zones that the browser has, which may be others than those of the server. */
const useHasZones = (): boolean =>
  useSyncExternalStore(
    never,
    () => true,
    () => false
  );

export function ZoneField({
  zone,
  onChange,
  problem,
  help,
}: {
  zone: string;
  onChange: (zone: string) => void;
  problem?: string | null;
  help: string;
}) {
  const list = useId();
  const hasZones = useHasZones();
  return (
    <div>
      <Field label="Time zone" required error={problem} help={help}>
        <Input list={list} value={zone} onChange={({ target }) => onChange(target.value.trim())} autoComplete="off" />
      </Field>
      <datalist id={list}>
        {(hasZones ? ['UTC', ...Intl.supportedValuesOf('timeZone')] : []).map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </div>
  );
}
