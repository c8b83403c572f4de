/** Mails: a negative reply of the server proves that nothing was sent. */
import type { Carrier } from '../carrier';
import { mailOnce, mailPing } from './operation';

export const mail: Carrier<'mail'> = {
  call: (operation, { settings }, environment, input, meta, progress) =>
    mailOnce(operation, { ...environment, settings }, input, meta, () => progress.sending()),
  refused: ({ type }) => type === 'MailRefused',
  async test({ settings }, environment, progress) {
    await mailPing({ ...environment, settings }, () => progress.sending());
    return 'The server accepts mails of this user.';
  },
};
