/** Catches every address without a page, so that 'not found' is shown inside the shell, with its navigation. */
import { notFound } from 'next/navigation';

export default function UnknownPage() {
  notFound();
}
