'use client';

/** Saved views as tabs above the list of runs. The filters of a view are in the URL, so a link opens the same runs. */
import { Check, Ellipsis, Pencil, Plus, Save, Star, Trash2, UsersRound } from 'lucide-react';
import { useState } from 'react';
import { routes } from '@/app/_contract/routes';
import type { SavedView, ViewList } from '@/app/_contract/views';
import { FailureBand } from '@/components/live/failure-band';
import { useSend } from '@/components/live/use-send';
import { useWhyNotAnywhere } from '@/components/people/person';
import { Button, IconButton } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { CheckboxField, Field, Input } from '@/components/ui/field';
import { FormDialog } from '@/components/ui/form-dialog';
import { Menu, MenuItem, MenuSeparator } from '@/components/ui/menu';
import { toast } from '@/components/ui/toast';
import type { ColumnChoice } from './columns';
import { readFilters, searchOf } from './filters';

export interface ViewTabsProps {
  list: ViewList | null;
  /** The view that is open; null: none, or one that is gone. */
  open: SavedView | null;
  /** The filters and columns of the list now. */
  search: string;
  columns: ColumnChoice;
  /** Null: all runs. */
  onOpen: (view: SavedView | null) => void;
}

export function ViewTabs({ list, open, search, columns, onOpen }: ViewTabsProps) {
  const [isSaving, setSaving] = useState<'new' | 'rename' | null>(null);
  const views = list?.views ?? [];
  // Equal filters may be written in another order.
  const own = open && searchOf(readFilters(new URLSearchParams(open.search)));
  const isChanged = open !== null && (own !== search || !isSame(open.columns, columns));
  if (views.length === 0 && search === '' && isSaving === null) return null;
  return (
    <div className="flex items-center gap-1 overflow-x-auto px-4 pb-2 [scrollbar-width:none]">
      <ul aria-label="Views" className="flex items-center gap-1">
        <li>
          <Tab isOpen={open === null && search === ''} onOpen={() => onOpen(null)}>
            All runs
          </Tab>
        </li>
        {views.map((view) => (
          <li key={view.id} className="flex items-center">
            <Tab isOpen={view.id === open?.id} onOpen={() => onOpen(view)}>
              {list?.defaultId === view.id ? <Star aria-label="Shown first" className="size-3" /> : null}
              {view.name}
              {view.shared ? <UsersRound aria-label="For everybody" className="size-3 text-mark" /> : null}
              {view.id === open?.id && isChanged ? <span className="text-ink-2">· changed</span> : null}
            </Tab>
            {view.id === open?.id ? (
              <ViewMenu
                view={view}
                isDefault={list?.defaultId === view.id}
                changed={isChanged ? { search, columns } : null}
                onRename={() => setSaving('rename')}
                onRemoved={() => onOpen(null)}
              />
            ) : null}
          </li>
        ))}
      </ul>
      {search !== '' && (open === null || isChanged) ? (
        <Button size="sm" variant="ghost" onClick={() => setSaving('new')}>
          <Plus aria-hidden />
          Save view…
        </Button>
      ) : null}
      {isSaving ? (
        <SaveDialog
          view={isSaving === 'rename' ? open : null}
          search={search}
          columns={columns}
          onSaved={(view) => {
            setSaving(null);
            if (isSaving === 'new') onOpen(view);
          }}
          onClose={() => setSaving(null)}
        />
      ) : null}
    </div>
  );
}

function Tab({ isOpen, onOpen, children }: { isOpen: boolean; onOpen: () => void; children: React.ReactNode }) {
  return (
    <button
      type="button"
      aria-current={isOpen || undefined}
      onClick={onOpen}
      className={cn(
        'inline-flex h-7 max-w-60 shrink-0 items-center gap-1 truncate rounded-md border px-2 text-xs whitespace-nowrap transition-colors -outline-offset-1 max-md:h-9 pointer-coarse:min-h-11',
        isOpen ? 'border-ink font-medium' : 'border-transparent text-ink-2 hover:bg-ink/6'
      )}
    >
      {children}
    </button>
  );
}

function ViewMenu({
  view,
  isDefault,
  changed,
  onRename,
  onRemoved,
}: {
  view: SavedView;
  isDefault: boolean;
  /** What the list shows instead; null: the view as it is. */
  changed: { search: string; columns: ColumnChoice } | null;
  onRename: () => void;
  onRemoved: () => void;
}) {
  const { send } = useSend(['views']);
  const { id, name, shared, search, columns, mayChange } = view;
  const say = async (url: string, body: object, words: string) => {
    const answer = await send<object>(url, body);
    if (answer) toast.success(words);
    else toast.error('That was not kept. Try again.');
    return answer !== null;
  };
  return (
    <Menu
      align="start"
      trigger={
        <IconButton size="sm" label={`More about the view '${name}'`}>
          <Ellipsis aria-hidden />
        </IconButton>
      }
    >
      {mayChange && changed ? (
        <MenuItem
          icon={<Save aria-hidden />}
          onSelect={() =>
            void say(routes.views(), { id, name, shared, ...changed }, `'${name}' has these filters now.`)
          }
        >
          Save these filters in it
        </MenuItem>
      ) : null}
      <MenuItem
        icon={<Star aria-hidden />}
        onSelect={() =>
          void say(
            routes.defaultView(),
            { id: isDefault ? null : id },
            isDefault ? 'All runs are shown first.' : `'${name}' is shown first.`
          )
        }
      >
        {isDefault ? 'Do not show it first' : 'Show it first'}
      </MenuItem>
      {mayChange ? (
        <>
          <MenuItem icon={<Pencil aria-hidden />} onSelect={onRename}>
            Rename or share…
          </MenuItem>
          <MenuSeparator />
          <MenuItem
            icon={<Trash2 aria-hidden />}
            danger
            description={shared ? 'For everybody' : undefined}
            onSelect={() =>
              void say(routes.removeView(id), {}, `'${name}' was removed.`).then((isDone) => isDone && onRemoved())
            }
          >
            Remove
          </MenuItem>
        </>
      ) : (
        <MenuItem icon={<Check aria-hidden />} disabled description={`Of ${view.owner.name}`}>
          {search === '' && Object.keys(columns).length === 0 ? 'All runs' : 'Shared with everybody'}
        </MenuItem>
      )}
    </Menu>
  );
}

function SaveDialog({
  view,
  search,
  columns,
  onSaved,
  onClose,
}: {
  /** Null: a new one. */
  view: SavedView | null;
  search: string;
  columns: ColumnChoice;
  onSaved: (view: SavedView) => void;
  onClose: () => void;
}) {
  const [name, setName] = useState(view?.name ?? '');
  const [shared, setShared] = useState(view?.shared ?? false);
  const [isTried, setTried] = useState(false);
  const [newId] = useState(() => crypto.randomUUID());
  const mayNotShare = useWhyNotAnywhere('views.share');
  const { pending, failure, send } = useSend(['views']);
  const isMissing = name.trim() === '';
  const submit = async () => {
    setTried(true);
    if (isMissing) return;
    const content = view ? { search: view.search, columns: view.columns } : { search, columns };
    const saved = await send<SavedView>(routes.views(), { id: view?.id ?? newId, name, shared, ...content });
    if (!saved) return;
    toast.success(`'${saved.name}' was saved.`);
    onSaved(saved);
  };
  return (
    <FormDialog
      title={view ? 'Rename or share this view' : 'Save these filters and columns as a view'}
      action="Save"
      pending={pending}
      onSubmit={() => void submit()}
      onClose={onClose}
    >
      <Field label="Name" required error={isTried && isMissing ? 'Enter a name.' : null}>
        <Input value={name} maxLength={60} autoComplete="off" onChange={({ target }) => setName(target.value)} />
      </Field>
      <CheckboxField
        label="For everybody"
        help={mayNotShare ?? 'Everybody sees only the runs that they may see.'}
        disabled={mayNotShare !== null}
        checked={shared}
        onCheckedChange={(checked) => setShared(checked === true)}
      />
      {failure ? <FailureBand failure={failure} /> : null}
    </FormDialog>
  );
}

/** A column that is not named is shown as usual. */
function isSame(one: ColumnChoice, other: ColumnChoice): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)]) as Set<keyof ColumnChoice>;
  return [...names].every((name) => one[name] === other[name]);
}
