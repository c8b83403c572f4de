'use client';

/** Roles as people read and choose them: a role for everything, or for one flow. */
import { Plus, X } from 'lucide-react';
import type { OwnGrant, Role } from '@/app/_contract/people';
import { Button, IconButton } from '@/components/ui/button';
import { Select } from '@/components/ui/field';
import { Badge } from '@/components/ui/surface';
import { ROLE_NAMES } from '@/engine/permissions/permissions';

export const ROLE_WORDS: Record<Role, { label: string; may: string }> = {
  admin: { label: 'Administrator', may: 'Everything, including people, keys and the audit trail' },
  designer: { label: 'Designer', may: 'Publish flows; start, signal and stop runs' },
  operator: { label: 'Operator', may: 'Start, signal and stop runs; answer operator decisions' },
  approver: { label: 'Approver', may: 'Decide approvals' },
  auditor: { label: 'Auditor', may: 'View everything and the audit trail' },
  viewer: { label: 'Viewer', may: 'View flows, runs and approvals' },
  monitor: { label: 'Monitor', may: 'Read measurements, for the key of a monitoring system' },
};
const ROLE_OPTIONS = ROLE_NAMES.map((role) => ({
  value: role,
  label: ROLE_WORDS[role].label,
  description: ROLE_WORDS[role].may,
}));
/** A value that no flow has as its name. */
const EVERYTHING = '*';

export function RoleBadges({ grants, none = 'No role' }: { grants: readonly OwnGrant[]; none?: string }) {
  if (grants.length === 0) return <span className="text-xs text-ink-2">{none}</span>;
  return (
    <span className="flex flex-wrap gap-1">
      {grants.map(({ role, flow }) => (
        <Badge key={`${role} ${flow}`}>
          {ROLE_WORDS[role].label}
          {flow ? <span className="font-normal">for {flow}</span> : null}
        </Badge>
      ))}
    </span>
  );
}

export function RolesField({
  grants,
  onChange,
  flows,
  least = 1,
  problem,
}: {
  grants: readonly OwnGrant[];
  onChange: (grants: OwnGrant[]) => void;
  /** Null: the flows cannot be listed now. */
  flows: readonly string[] | null;
  least?: 0 | 1;
  problem?: string | null;
}) {
  const flowOptions = (chosen: string | null) => [
    { value: EVERYTHING, label: 'Everything' },
    ...[...new Set([...(flows ?? []), ...(chosen ? [chosen] : [])])].map((flow) => ({ value: flow, label: flow })),
  ];
  const change = (at: number, next: Partial<OwnGrant>) =>
    onChange(grants.map((grant, index) => (index === at ? { ...grant, ...next } : grant)));
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-xs font-medium">Roles</legend>
      {grants.map((grant, at) => (
        <div key={at} className="grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)_auto] items-center gap-2">
          <Select
            aria-label={`Role ${at + 1}`}
            options={ROLE_OPTIONS}
            value={grant.role}
            onValueChange={(role) => change(at, { role: role as Role })}
          />
          <Select
            aria-label={`Role ${at + 1} applies to`}
            options={flowOptions(grant.flow)}
            value={grant.flow ?? EVERYTHING}
            onValueChange={(flow) => change(at, { flow: flow === EVERYTHING ? null : flow })}
          />
          <IconButton
            label={`Remove role ${at + 1}`}
            size="sm"
            disabledReason={grants.length <= least ? 'At least one role is needed.' : null}
            onClick={() => onChange(grants.filter((_, index) => index !== at))}
          >
            <X aria-hidden />
          </IconButton>
        </div>
      ))}
      <div>
        <Button size="sm" variant="ghost" onClick={() => onChange([...grants, { role: 'viewer', flow: null }])}>
          <Plus aria-hidden />
          Add a role
        </Button>
      </div>
      {flows === null ? (
        <p className="text-xs text-ink-2">The engine does not answer, so flows cannot be chosen now.</p>
      ) : null}
      {problem ? (
        <p role="alert" className="text-xs text-fail">
          {problem}
        </p>
      ) : null}
    </fieldset>
  );
}
