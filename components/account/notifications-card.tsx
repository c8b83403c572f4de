'use client';

/** What a person is told by mail, and when. */
import { Bell } from 'lucide-react';
import { useState } from 'react';
import {
  NOTIFICATION_KINDS,
  type NotificationKind,
  type NotificationMode,
  type NotificationSettings,
  type OwnNotifications,
} from '@/app/_contract/notifications';
import type { Prefetched } from '@/app/_contract/prefetched';
import { routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useList } from '@/components/live/use-list';
import { useSend } from '@/components/live/use-send';
import { Button } from '@/components/ui/button';
import { CheckboxField, Field, Input } from '@/components/ui/field';
import { RadioList } from '@/components/ui/radio-list';
import { Card } from '@/components/ui/surface';
import { toast } from '@/components/ui/toast';
import { useLocalZone, ZoneField } from '@/components/ui/zone-field';

const MODES: { value: NotificationMode; label: string; description: string }[] = [
  { value: 'atOnce', label: 'At once', description: 'A mail for each; many at the same time are one.' },
  {
    value: 'hourly',
    label: 'Once an hour',
    description: 'One mail with all that waits for you, if there is anything new.',
  },
  { value: 'daily', label: 'Once a day', description: 'The same, at a time that you choose.' },
  { value: 'none', label: 'Never', description: 'What waits is in your approvals.' },
];
const KINDS: Record<NotificationKind, string> = {
  asked: 'An approval waits for me',
  assigned: 'Somebody gives me an approval',
  reminded: 'The flow reminds me of an approval that waits for me',
  overdue: 'An approval that waits for me is overdue',
  question: 'Somebody asks me about an approval',
  answered: 'My question about an approval is answered',
  followed: 'The run of what I decided has ended, and what was undone since',
  alert: 'A rule of alerts names me or my group',
};

export function NotificationsCard({
  prefetched,
  away,
}: {
  prefetched: Prefetched<OwnNotifications>;
  away: string | null;
}) {
  const { data, failure, readAtMs, retry } = useList('people', routes.ownNotifications(), prefetched);
  if (data) return <Choice own={data} away={away} />;
  return failure ? <FailureBand failure={failure} asOfMs={readAtMs} onRetry={retry} /> : null;
}

function Choice({ own, away }: { own: OwnNotifications; away: string | null }) {
  const local = useLocalZone();
  const [changed, setChanged] = useState<Partial<NotificationSettings>>({});
  const { pending, failure, send } = useSend(['people']);
  const saved: NotificationSettings = {
    mode: own.mode,
    at: own.at,
    zone: own.chosen ? own.zone : local,
    off: own.off,
  };
  const settings = { ...saved, ...changed };
  const change = (more: Partial<NotificationSettings>) => setChanged({ ...changed, ...more });
  const problem = (at: string) => failure?.problems?.find((each) => each.at === at)?.message ?? null;
  const isChanged = JSON.stringify(settings) !== JSON.stringify(saved);
  const save = async () => {
    if (!(await send<OwnNotifications>(routes.ownNotifications(), settings))) return;
    setChanged({});
    toast.success('Saved. It counts for what waits, too.');
  };
  return (
    <Card>
      <section id="notifications" aria-labelledby="notifications-heading">
        <header className="flex items-center gap-3 border-b border-hairline px-4 py-3">
          <Bell aria-hidden className="size-4 text-ink-2" />
          <div className="min-w-0 flex-1">
            <h2 id="notifications-heading" className="text-sm font-semibold">
              Notifications
            </h2>
            <p className="text-xs text-ink-2">
              {own.mail
                ? 'What you are told by mail, and when.'
                : 'No mail server is configured, so nobody gets a mail now. Your choice is kept.'}
            </p>
          </div>
        </header>
        <form
          noValidate
          className="flex flex-col items-start gap-4 p-4"
          onSubmit={(event) => {
            event.preventDefault();
            if (!away && isChanged) void save();
          }}
        >
          {failure && !failure.problems ? <FailureBand failure={failure} /> : null}
          <div className="w-full max-w-md">
            <RadioList legend="Mail me" options={MODES} value={settings.mode} onChange={(mode) => change({ mode })} />
          </div>
          {settings.mode === 'none' ? null : (
            <>
              <div className="grid w-full max-w-md gap-4 sm:grid-cols-2">
                {settings.mode === 'daily' ? (
                  <Field label="Time" required error={problem('/at')} help="By the clock of your time zone.">
                    <Input type="time" value={settings.at} onChange={({ target }) => change({ at: target.value })} />
                  </Field>
                ) : null}
                <ZoneField
                  zone={settings.zone}
                  onChange={(zone) => change({ zone })}
                  problem={problem('/zone')}
                  help="Of the times in your mails."
                />
              </div>
              <fieldset className="flex flex-col gap-1.5">
                <legend className="mb-1 text-xs font-medium">When</legend>
                {NOTIFICATION_KINDS.map((kind) => (
                  <CheckboxField
                    key={kind}
                    label={KINDS[kind]}
                    checked={!settings.off.includes(kind)}
                    onCheckedChange={(on) =>
                      change({
                        off: NOTIFICATION_KINDS.filter((each) =>
                          each === kind ? on !== true : settings.off.includes(each)
                        ),
                      })
                    }
                  />
                ))}
              </fieldset>
            </>
          )}
          <Button
            type="submit"
            variant="primary"
            pending={pending}
            disabledReason={away ?? (isChanged ? null : 'Nothing is changed.')}
          >
            Save
          </Button>
        </form>
      </section>
    </Card>
  );
}
