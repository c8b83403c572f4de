import { Badge } from '@/components/ui/surface';
import { STATE_WORDS, type StateName } from './words';

export function StateBadge({ state }: { state: StateName }) {
  return <Badge tone={state === 'stopped' || state === 'failing' ? 'fail' : 'neutral'}>{STATE_WORDS[state]}</Badge>;
}
