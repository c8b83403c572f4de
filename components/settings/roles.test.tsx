// @vitest-environment jsdom
/** [RF] Choosing roles, for all flows or for one. */
import { cleanup, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { afterEach, expect, test } from 'vitest';
import type { OwnGrant } from '@/app/_contract/people';
import { TooltipProvider } from '@/components/ui/tooltip';
import { RolesField } from './roles';

afterEach(cleanup);

function show(first: OwnGrant[], flows: string[] | null = ['orders'], least: 0 | 1 = 1) {
  const seen: { grants: OwnGrant[] } = { grants: first };
  function Form() {
    const [grants, setGrants] = useState(first);
    seen.grants = grants;
    return (
      <TooltipProvider>
        <RolesField grants={grants} onChange={setGrants} flows={flows} least={least} />
      </TooltipProvider>
    );
  }
  render(<Form />);
  return seen;
}
const button = (name: string) => screen.getByRole('button', { name });

test('[RF1] an added role is the weakest one, and removing a role removes exactly that one', async () => {
  const seen = show([{ role: 'admin', flow: null }]);
  await userEvent.click(button('Add a role'));
  await userEvent.click(button('Add a role'));
  expect(seen.grants).toEqual([
    { role: 'admin', flow: null },
    { role: 'viewer', flow: null },
    { role: 'viewer', flow: null },
  ]);
  await userEvent.click(button('Remove role 1'));
  expect(seen.grants.map(({ role }) => role)).toEqual(['viewer', 'viewer']);
});

test.each([
  [1, true],
  [0, false],
] as const)('[RF2] if %i role is the minimum, the last role is locked: %s', async (least, stays) => {
  const seen = show([{ role: 'viewer', flow: null }], ['orders'], least);
  expect(button('Remove role 1').getAttribute('aria-disabled') === 'true').toBe(stays);
  await userEvent.click(button('Remove role 1'));
  expect(seen.grants).toHaveLength(stays ? 1 : 0);
});

test('[RF3] while the flows cannot be listed, a role for a flow keeps its flow, and the reason is shown', () => {
  const seen = show([{ role: 'operator', flow: 'orders' }], null);
  expect(screen.getByRole('combobox', { name: 'Role 1 applies to' }).textContent).toContain('orders');
  expect(screen.getByText(/flows cannot be chosen now/)).toBeTruthy();
  expect(seen.grants).toEqual([{ role: 'operator', flow: 'orders' }]);
});
