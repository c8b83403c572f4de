'use client';

/** Settings, People: whether everybody needs a second factor. It says whom that concerns before it is saved. */
import { Smartphone } from 'lucide-react';
import { useState } from 'react';
import type { PeopleList, SecondFactorRule } from '@/app/_contract/people';
import { routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { Button } from '@/components/ui/button';
import { FormDialog } from '@/components/ui/form-dialog';
import { Badge, Card } from '@/components/ui/surface';
import { RelativeTime } from '@/components/ui/time';
import { toast } from '@/components/ui/toast';

const NAMED_MOST = 8;
const withoutOne = ({ people }: PeopleList) =>
  people.filter(({ lacksFactor, deactivatedMs }) => lacksFactor && deactivatedMs === null);

/** '3 of 12 people have none.' */
function haveNone(list: PeopleList): string {
  const active = list.people.filter(({ deactivatedMs }) => deactivatedMs === null).length;
  const count = withoutOne(list).length;
  if (count === 0) return 'Nobody is without one.';
  return `${count} of ${active} ${active === 1 ? 'person' : 'people'} ${count === 1 ? 'has' : 'have'} none.`;
}

const providerWords = (provider: string | null): string =>
  provider === null
    ? ''
    : `Whoever signs in by ${provider} is not asked: there a second factor is the duty of ${provider}.`;

export function SecondFactorRuleCard({ list, away }: { list: PeopleList; away: string | null }) {
  const [isAsked, setIsAsked] = useState(false);
  const { forAll, changedBy, changedMs } = list.secondFactorRule;
  return (
    <Card>
      <section aria-labelledby="rule-heading" className="flex flex-wrap items-center gap-3 px-4 py-3">
        <Smartphone aria-hidden className="size-4 text-ink-2" />
        <div className="min-w-48 flex-1">
          <h2 id="rule-heading" className="flex flex-wrap items-center gap-2 text-sm font-semibold">
            Everybody needs a second factor
            {forAll ? <Badge>On</Badge> : null}
          </h2>
          <p className="text-xs text-ink-2">
            {forAll
              ? 'Who signs in with a password needs an app or a passkey. '
              : 'Everybody chooses for themselves whether they have one. '}
            {haveNone(list)}{' '}
            {changedBy && changedMs ? (
              <>
                {forAll ? 'Turned on' : 'Turned off'} by {changedBy} <RelativeTime atMs={changedMs} />.{' '}
              </>
            ) : null}
            {providerWords(list.provider)}
          </p>
        </div>
        <Button disabledReason={away} onClick={() => setIsAsked(true)}>
          {forAll ? 'Require no second factor' : 'Require a second factor'}
        </Button>
      </section>
      {isAsked ? <RuleDialog list={list} onClose={() => setIsAsked(false)} /> : null}
    </Card>
  );
}

function RuleDialog({ list, onClose }: { list: PeopleList; onClose: () => void }) {
  const { pending, failure, send } = useSend(['people']);
  // The list changes as soon as it is saved.
  const [forAll] = useState(!list.secondFactorRule.forAll);
  const without = withoutOne(list);
  const save = async () => {
    const saved = await send<SecondFactorRule>(routes.setSecondFactorRule(), { forAll });
    if (!saved) return;
    toast.success(forAll ? 'Everybody needs a second factor now.' : 'A second factor is everybody’s own choice now.');
    onClose();
  };
  return (
    <FormDialog
      title={forAll ? 'Require a second factor of everybody?' : 'Require no second factor?'}
      description={
        forAll
          ? 'Who signs in with a password and has none is led to set one up, an authenticator app or a passkey, and can do nothing else until then. Somebody who lost theirs comes to you: take it away in the list of people, and they set up another.'
          : 'Everybody then chooses for themselves. Nobody’s second factor is turned off.'
      }
      action={forAll ? 'Require it' : 'Require none'}
      pending={pending}
      onSubmit={() => void save()}
      onClose={onClose}
    >
      {failure ? <FailureBand failure={failure} /> : null}
      {forAll ? (
        <div className="text-sm">
          <p className="font-medium">{haveNone(list)}</p>
          {without.length > 0 ? (
            <>
              <p className="text-ink-2">Their open pages lead to it at once; what was not saved there is lost.</p>
              <ul className="mt-1 list-disc pl-5 text-ink-2">
                {without.slice(0, NAMED_MOST).map(({ id, name, email }) => (
                  <li key={id} className="[overflow-wrap:anywhere]">
                    {name} · {email}
                  </li>
                ))}
                {without.length > NAMED_MOST ? <li>and {without.length - NAMED_MOST} more</li> : null}
              </ul>
            </>
          ) : null}
          <p className="mt-2 text-ink-2">
            Whoever has only a passkey signs in with it from then on, not with the password. API keys go on as they are.{' '}
            {providerWords(list.provider)}
          </p>
        </div>
      ) : null}
    </FormDialog>
  );
}
