// @vitest-environment jsdom
import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { useState } from 'react';
import { afterEach, expect, test, vi } from 'vitest';
import { TitleField } from './title-field';

afterEach(cleanup);

function open(typist: string | null = null) {
  const sent: string[] = [];
  const typing = vi.fn();
  let rename: (title: string) => void = () => {};
  function Header() {
    const [title, setTitle] = useState('Refund');
    rename = setTitle;
    const onTitle = (next: string) => {
      sent.push(next);
      setTitle(next);
    };
    return <TitleField {...{ title, typist, onTitle }} readOnly={false} onSettle={() => {}} onTyping={typing} />;
  }
  render(<Header />);
  const field = screen.getByLabelText<HTMLInputElement>('Title of the flow');
  act(() => field.focus());
  return { field, sent, typing, rename: (title: string) => act(() => rename(title)) };
}
const type = (field: HTMLInputElement, value: string) => fireEvent.change(field, { target: { value } });

test('[TTF1] a title that has the focus but was not typed in is that of somebody else, and leaving it changes nothing', () => {
  const { field, sent, rename } = open();
  rename('Return');
  act(() => field.blur());
  expect([field.value, sent]).toEqual(['Return', []]);
});

test('[TTF1] what is typed is kept at once; what somebody else calls the flow meanwhile is offered', () => {
  const { field, sent, rename } = open();
  type(field, 'Refund of a card');
  rename('Return');
  expect([field.value, sent]).toEqual(['Refund of a card', ['Refund of a card']]);
  fireEvent.click(screen.getByRole('button', { name: 'Keep mine' }));
  expect(sent.at(-1)).toBe('Refund of a card');
  rename('Return');
  fireEvent.click(screen.getByRole('button', { name: 'Take theirs' }));
  act(() => field.blur());
  expect([field.value, sent.length]).toEqual(['Return', 2]);
});

test('[TTF1] an empty title is not kept, and Escape gives back the one before', () => {
  const { field, sent } = open();
  type(field, '  ');
  expect(screen.queryByRole('button', { name: 'Take theirs' })).toBeNull();
  act(() => field.blur());
  expect([field.value, sent]).toEqual(['Refund', []]);
  act(() => field.focus());
  type(field, 'Ref');
  fireEvent.keyDown(field, { key: 'Escape' });
  expect(sent.at(-1)).toBe('Refund');
});

test('[TTF1] others are told where this person types, and who else types here is shown', () => {
  const { field, typing } = open('Bob Noyce');
  type(field, 'X');
  expect(typing).toHaveBeenLastCalledWith(field);
  expect(screen.getByText('Bob Noyce: typing here')).toBeTruthy();
  act(() => field.blur());
  expect(typing).toHaveBeenLastCalledWith(null);
});
