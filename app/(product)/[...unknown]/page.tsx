/** Every address that is no other page: so it is told inside the shell, with its navigation. */
import { notFound } from 'next/navigation';

export default function UnknownPage() {
  notFound();
}
