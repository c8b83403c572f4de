import { redirect } from 'next/navigation';
import { pages } from '@/app/_contract/routes';

export default function SettingsPage() {
  redirect(pages.people());
}
