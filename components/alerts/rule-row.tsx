'use client';

import { BellOff, Ellipsis, Pencil, Power, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { conditionWords, flowsWords } from '@/app/_contract/alert-words';
import type { AlertRule, AlertTarget } from '@/app/_contract/alerts';
import { routes } from '@/app/_contract/routes';
import { useSend } from '@/components/live/use-send';
import { Button, IconButton } from '@/components/ui/button';
import { FormDialog } from '@/components/ui/form-dialog';
import { Menu, MenuItem } from '@/components/ui/menu';
import { Badge } from '@/components/ui/surface';
import { toast } from '@/components/ui/toast';
import { useCount } from '@/components/ui/writing';
import { SilenceDialog } from './silence-dialog';
import { Silenced } from './silenced';
import { bodyOf, SEVERITY_WORDS, targetsWords, whenWords } from './words';

/** `why`: why the person may not change rules; `away`: why nothing can be changed now. */
export function RuleRow({
  rule,
  targets,
  why,
  away,
  onChange,
}: {
  rule: AlertRule;
  targets: readonly AlertTarget[];
  why: string | null;
  away: string | null;
  onChange: () => void;
}) {
  const count = useCount();
  const [dialog, setDialog] = useState<'silence' | 'remove' | null>(null);
  const { pending, send } = useSend(['alerts']);
  const condition = conditionWords(rule.condition);
  const name = `When ${condition} ${flowsWords(rule.flows)}`;
  const turn = async () => {
    if (await send(routes.putAlertRule(), bodyOf(rule, { isOn: !rule.isOn })))
      toast.success(rule.isOn ? 'The rule is off. Its alerts are over.' : 'The rule is on.');
    else toast.error('That was not kept. Try again.');
  };
  const remove = async () => {
    if (await send(routes.removeAlertRule(rule.id), {})) setDialog(null);
    else toast.error('The rule was not removed. Try again.');
  };
  return (
    <li className="grid gap-x-4 gap-y-2 border-b border-hairline px-4 py-3 last:border-b-0 md:grid-cols-[minmax(0,1fr)_auto] md:items-center">
      <div className="min-w-0">
        <p className="text-sm wrap-anywhere">
          When <strong className="font-medium">{condition}</strong>{' '}
          <strong className="font-medium">{flowsWords(rule.flows)}</strong> tell{' '}
          <strong className="font-medium">{targetsWords(rule.targets, targets)}</strong> {whenWords(rule)}.
        </p>
        <p className="mt-0.5 flex flex-wrap items-center gap-x-2 text-xs text-ink-2">
          {rule.isOn ? null : <Badge>Off</Badge>}
          <span>{SEVERITY_WORDS[rule.severity]}</span>
          <span>
            {rule.opened === 0
              ? 'no alert in the last 7 days'
              : `${count(rule.opened)} ${rule.opened === 1 ? 'alert' : 'alerts'} in the last 7 days`}
          </span>
          <span>by {rule.owner}</span>
        </p>
        {rule.isOn && rule.problem ? (
          <p className="text-xs text-fail wrap-anywhere">It cannot be looked at now: {rule.problem}</p>
        ) : null}
        {rule.silenced ? <Silenced silence={{ ...rule.silenced, of: 'subject' }} /> : null}
      </div>
      <div className="flex items-center gap-2">
        <Button size="sm" aria-label={`Change the rule: ${name}`} disabledReason={why} onClick={onChange}>
          <Pencil aria-hidden />
          Change
        </Button>
        <Menu
          trigger={
            <IconButton size="sm" label={`More for the rule: ${name}`}>
              <Ellipsis aria-hidden />
            </IconButton>
          }
        >
          <MenuItem
            icon={<BellOff aria-hidden />}
            disabled={away !== null || !rule.may.silence}
            description={rule.may.silence ? undefined : 'Your role does not allow you to operate all of its flows.'}
            onSelect={() => setDialog('silence')}
          >
            {rule.silenced ? 'Change the silence' : 'Silence'}
          </MenuItem>
          <MenuItem
            icon={<Power aria-hidden />}
            disabled={why !== null || pending}
            description={why ?? undefined}
            onSelect={() => void turn()}
          >
            {rule.isOn ? 'Switch off' : 'Switch on'}
          </MenuItem>
          <MenuItem
            icon={<Trash2 aria-hidden />}
            disabled={why !== null}
            description={why ?? undefined}
            onSelect={() => setDialog('remove')}
          >
            Remove
          </MenuItem>
        </Menu>
      </div>
      {dialog === 'silence' ? (
        <SilenceDialog
          ruleId={rule.id}
          subject={null}
          silence={rule.silenced}
          title={name}
          onClose={() => setDialog(null)}
        />
      ) : null}
      {dialog === 'remove' ? (
        <FormDialog
          title="Remove the rule?"
          description={name}
          action="Remove"
          danger
          pending={pending}
          onSubmit={() => void remove()}
          onClose={() => setDialog(null)}
        >
          <p className="text-sm text-ink-2">
            Its open alerts are over then, and whoever was told of them is told so. What was is kept in the list.
          </p>
        </FormDialog>
      ) : null}
    </li>
  );
}
