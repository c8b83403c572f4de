'use client';

/** Chats that are told what people are asked: Slack, Teams, Mattermost, or what else takes `{ text }`. */
import { MessageSquare, Plus } from 'lucide-react';
import { useState } from 'react';
import type { Chat, ChatTested } from '@/app/_contract/notifications';
import { routes } from '@/app/_contract/routes';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { Button } from '@/components/ui/button';
import { Field, Input, Select } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { EmptyState } from '@/components/ui/states';
import { Card } from '@/components/ui/surface';
import { toast } from '@/components/ui/toast';

export function ChatsCard({ chats, groups, away }: { chats: Chat[]; groups: string[]; away: string | null }) {
  const [edited, setEdited] = useState<Chat | 'new' | null>(null);
  const [removed, setRemoved] = useState<Chat | null>(null);
  const add = (
    <Button disabledReason={away} onClick={() => setEdited('new')}>
      <Plus aria-hidden />
      Add a chat
    </Button>
  );
  return (
    <Card>
      <section aria-labelledby="chats-heading">
        <header className="flex flex-wrap items-center gap-3 border-b border-hairline px-4 py-3">
          <MessageSquare aria-hidden className="size-4 text-ink-2" />
          <div className="min-w-48 flex-1">
            <h2 id="chats-heading" className="text-sm font-semibold">
              Chats
            </h2>
            <p className="text-xs text-ink-2">
              A chat of a group is told what asks the group, with a link. Slack, Teams and Mattermost take it.
            </p>
          </div>
          {chats.length > 0 ? add : null}
        </header>
        {chats.length === 0 ? (
          <EmptyState icon={<MessageSquare aria-hidden />} title="No chat yet" action={add}>
            Make an incoming webhook in your chat and give its address here.
          </EmptyState>
        ) : (
          <ul className="divide-y divide-hairline">
            {chats.map((chat) => (
              <Row
                key={chat.id}
                chat={chat}
                away={away}
                onEdit={() => setEdited(chat)}
                onRemove={() => setRemoved(chat)}
              />
            ))}
          </ul>
        )}
      </section>
      {edited ? (
        <ChatDialog chat={edited === 'new' ? null : edited} groups={groups} onClose={() => setEdited(null)} />
      ) : null}
      {removed ? <RemoveDialog chat={removed} onClose={() => setRemoved(null)} /> : null}
    </Card>
  );
}

interface RowProps {
  chat: Chat;
  away: string | null;
  onEdit: () => void;
  onRemove: () => void;
}

function Row({ chat: { id, title, group, host, problem }, away, onEdit, onRemove }: RowProps) {
  const { pending, failure, send } = useSend();
  const [tested, setTested] = useState<ChatTested | null>(null);
  const test = async () => {
    setTested(null);
    const answer = await send<ChatTested>(routes.testChat(id), {});
    if (answer?.ok) toast.success(answer.message);
    else setTested(answer);
  };
  const wrong = tested ? tested.message : problem;
  return (
    <li className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-2.5">
      <div className="min-w-0 flex-1 basis-64">
        <p className="text-sm font-medium wrap-anywhere">{title}</p>
        <p className="text-xs wrap-anywhere text-ink-2">
          {group === null ? 'Whatever is asked' : `What asks ${group}`} · {host}
        </p>
        {wrong ? (
          <p role="status" className="mt-0.5 text-xs wrap-anywhere text-fail">
            {wrong}
          </p>
        ) : null}
        {failure ? <FailureBand failure={failure} /> : null}
      </div>
      <div className="flex flex-wrap gap-2">
        <Button
          size="sm"
          pending={pending}
          disabledReason={away}
          aria-label={`Send a test to ${title}`}
          onClick={() => void test()}
        >
          Send a test
        </Button>
        <Button size="sm" disabledReason={away} aria-label={`Edit ${title}`} onClick={onEdit}>
          Edit
        </Button>
        <Button size="sm" disabledReason={away} aria-label={`Remove ${title}`} onClick={onRemove}>
          Remove
        </Button>
      </div>
    </li>
  );
}

/** The value of a choice is not empty, and no group has this name. */
const ANYBODY = '@';

function ChatDialog({ chat, groups, onClose }: { chat: Chat | null; groups: string[]; onClose: () => void }) {
  const [id] = useState(() => chat?.id ?? crypto.randomUUID());
  const [title, setTitle] = useState(chat?.title ?? '');
  const [group, setGroup] = useState(chat ? (chat.group ?? ANYBODY) : '');
  const [address, setAddress] = useState('');
  const [tried, setTried] = useState(false);
  const { pending, failure, send } = useSend(['people']);
  const problem = (at: string) => failure?.problems?.find((each) => each.at === at)?.message ?? null;
  const save = async () => {
    setTried(true);
    if (group === '') return;
    const body = { id, title, group: group === ANYBODY ? null : group, address };
    if (!(await send<Chat>(routes.putChat(), body))) return;
    toast.success(chat ? 'The chat is changed.' : 'The chat is added. Send a test to see whether it arrives.');
    onClose();
  };
  const known = chat?.group && !groups.includes(chat.group) ? [chat.group, ...groups] : groups;
  return (
    <FormDialog
      title={chat ? `Edit ${chat.title}` : 'Add a chat'}
      description="It is told when an approval waits, and when one is overdue."
      action={chat ? 'Save' : 'Add it'}
      pending={pending}
      onSubmit={() => void save()}
      onClose={onClose}
    >
      {failure && !failure.problems ? <FailureBand failure={failure} /> : null}
      <Field label="Name" required error={problem('/title')}>
        <Input value={title} maxLength={100} onChange={({ target }) => setTitle(target.value)} />
      </Field>
      <Field label="Tell it" required error={tried && group === '' ? 'Choose what it is told.' : problem('/group')}>
        <Select
          value={group}
          onValueChange={setGroup}
          options={[
            { value: ANYBODY, label: 'Whatever is asked' },
            ...known.map((name) => ({ value: name, label: `What asks ${name}` })),
          ]}
        />
      </Field>
      <Field
        label="Address of the incoming webhook"
        required={chat === null}
        error={problem('/address')}
        help={
          chat
            ? `Of ${chat.host}. Leave it empty to keep it: it is a secret and is not shown.`
            : 'Whoever has it can write to the chat, so it is stored encrypted and not shown again.'
        }
      >
        <Input
          type="url"
          autoComplete="off"
          placeholder="https://hooks.slack.com/services/…"
          value={address}
          maxLength={2_000}
          onChange={({ target }) => setAddress(target.value)}
        />
      </Field>
    </FormDialog>
  );
}

function RemoveDialog({ chat, onClose }: { chat: Chat; onClose: () => void }) {
  const { pending, failure, send } = useSend(['people']);
  const remove = async () => {
    if (await send(routes.removeChat(chat.id), {})) onClose();
  };
  return (
    <FormDialog
      title={`Remove ${chat.title}?`}
      description="It is told nothing any more, and its address is forgotten."
      action="Remove it"
      danger
      pending={pending}
      onSubmit={() => void remove()}
      onClose={onClose}
    >
      {failure ? <FailureBand failure={failure} /> : null}
    </FormDialog>
  );
}
