'use client';

/** The session of an open draft: its parts in this browser, the socket that announces changes, and who else is here. */
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import type { DraftChanges, DraftDetail, GesturesAnswer, SendGestures } from '@/app/_contract/drafts';
import type { DraftVisitor } from '@/app/_contract/live';
import { routes } from '@/app/_contract/routes';
import { failureFrom, getJson, postJson } from '@/components/live/api';
import { heard, liveSocket } from '@/components/live/link';
import { afterPaint } from '@/components/ui/use-after-paint';
import { newId } from '@/components/live/request-id';
import { DraftSession } from './draft-session';
import { DraftWatch } from './draft-watch';
import { DoorFailure, type Door, type SessionView } from './session-parts';
import { Shelf } from './shelf';

export interface OpenDraft {
  session: DraftSession;
  view: SessionView;
  /** Other tabs in which the draft is open, other people's first. */
  others: readonly DraftVisitor[];
}

/** What others see of this tab. `typing`: the field (`typingKey` of inspector/place.ts). */
interface Shown {
  selected: string | null;
  typing: string | null;
}

export function useDraftSession(detail: DraftDetail, personId: string, at: Shown): OpenDraft {
  const { id } = detail.summary;
  const [opened] = useState(() => open(detail));
  const { session, tab } = opened;
  const view = useSyncExternalStore(session.subscribe, session.read, session.read);
  const [people, setPeople] = useState<readonly DraftVisitor[]>([]);
  const shown = useRef(at);

  useEffect(() => {
    const shelf = new Shelf(id, personId, tab);
    opened.shelf.current = shelf;
    let ended = false;
    void shelf.left().then((left) => {
      if (ended) return;
      session.takeOver(left);
      return left.drop();
    });
    const settle = () => {
      session.settle();
      // There is no further frame.
      session.retry();
    };
    const retry = () => session.retry();
    addEventListener('pagehide', settle);
    addEventListener('online', retry);
    return () => {
      ended = true;
      removeEventListener('pagehide', settle);
      removeEventListener('online', retry);
      session.settle();
      opened.shelf.current = null;
      shelf.close();
    };
  }, [id, personId, tab, session, opened]);

  useEffect(() => {
    const socket = liveSocket();
    const watch = new DraftWatch(
      {
        get connected() {
          return socket.connected;
        },
        ask: (answer) => void socket.emit('watchDraft', { id, tab }, answer),
        after: later,
      },
      (number, present) => {
        heard();
        setPeople(present);
        session.announced(number);
        socket.emit('presentIn', { id, tab, ...shown.current });
      },
      () => setPeople([])
    );
    const onConnect = () => watch.ask();
    const onDisconnect = () => watch.lost();
    const onChanged = (message: { id: string; number: number }) => {
      heard();
      if (message.id === id) session.announced(message.number);
    };
    const onPeople = (message: { id: string; people: DraftVisitor[] }) => {
      if (message.id === id) setPeople(message.people);
    };
    socket.on('connect', onConnect);
    socket.on('disconnect', onDisconnect);
    socket.on('draftChanged', onChanged);
    socket.on('draftPeople', onPeople);
    watch.ask();
    return () => {
      watch.close();
      socket.off('connect', onConnect);
      socket.off('disconnect', onDisconnect);
      socket.off('draftChanged', onChanged);
      socket.off('draftPeople', onPeople);
      if (socket.connected) socket.emit('unwatchDraft', { id });
    };
  }, [id, tab, session]);

  useEffect(() => {
    shown.current = { selected: at.selected, typing: at.typing };
    const socket = liveSocket();
    return later(150, () => {
      if (socket.connected) socket.emit('presentIn', { id, tab, selected: at.selected, typing: at.typing });
    });
  }, [id, tab, at.selected, at.typing]);

  const others = useMemo(
    () =>
      people
        .filter((each) => each.tab !== tab)
        .sort((a, b) => Number(a.personId === personId) - Number(b.personId === personId)),
    [people, tab, personId]
  );
  return { session, view, others };
}

function later(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  return () => clearTimeout(timer);
}

interface Opened {
  session: DraftSession;
  tab: string;
  /** Null between two pages of the same draft. */
  shelf: { current: Shelf | null };
}

function open(detail: DraftDetail): Opened {
  const { id, number } = detail.summary;
  const tab = newId();
  const shelf: Opened['shelf'] = { current: null };
  const { draft, own, idsFollowTitles } = detail;
  const session = new DraftSession({ draft, number, own, idsFollowTitles }, tab, {
    door: doorOf(id),
    keep: async (kept) => shelf.current?.keep(kept),
    newId,
    after: later,
    afterPaint,
    now: () => Date.now(),
  });
  return { session, tab, shelf };
}

function doorOf(id: string): Door {
  const asked = async <T>(request: Promise<T>): Promise<T> =>
    request.catch((error: unknown) => {
      throw new DoorFailure(failureFrom(error));
    });
  return {
    send: (gestures, since) =>
      asked(postJson<GesturesAnswer>(routes.gestures(id), { gestures: [...gestures], since } satisfies SendGestures)),
    changes: (since) => asked(getJson<DraftChanges>(routes.gestures(id, since))),
    whole: () =>
      asked(getJson<DraftDetail>(routes.draft(id)).then(({ draft, summary }) => ({ draft, number: summary.number }))),
  };
}
