// @vitest-environment jsdom
/**
 * Forms with a password.
 *
 * [EF1] A browser that sends the form itself, because the scripts of the page are missing or late, does not write the
 *       password into the address, where histories and logs keep it.
 */
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { FirstAccountForm } from './first-account-form';
import { SignInForm } from './sign-in-form';

test('[EF1] the forms are sent with POST', () => {
  for (const form of [
    <FirstAccountForm key="first" failure={null} here />,
    <SignInForm key="in" failure={null} back="/" mails provider={null} passkeys />,
  ]) {
    const { body } = new DOMParser().parseFromString(renderToStaticMarkup(form), 'text/html');
    expect(body.querySelector('input[type=password]')).not.toBeNull();
    for (const { method } of body.querySelectorAll('form')) expect(method).toBe('post');
  }
});
