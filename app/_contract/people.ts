/** People and what they may do. */
import { z } from 'zod';

export const ROLES = ['admin', 'designer', 'operator', 'approver', 'viewer'] as const;
export type Role = (typeof ROLES)[number];
/** What an operation asks for. */
export const PERMISSIONS = ['read', 'operate', 'decide', 'design'] as const;
export type Permission = (typeof PERMISSIONS)[number];
export const MAY: Record<Role, readonly Permission[]> = {
  admin: ['read', 'operate', 'decide', 'design'],
  designer: ['read', 'operate', 'design'],
  operator: ['read', 'operate'],
  approver: ['read', 'decide'],
  viewer: ['read'],
};

export interface Person {
  id: string;
  name: string;
  email: string;
  role: Role;
  groups: string[];
}
export const firstAccountSchema = z.object({
  name: z.string().trim().min(1, 'Your name stands beside what you decide.').max(120),
  email: z.email('An e-mail address, please.').max(320),
  password: z.string().min(10, 'At least 10 characters.').max(128),
});
export type FirstAccount = z.infer<typeof firstAccountSchema>;
export const signInSchema = z.object({
  email: z.email('An e-mail address, please.').max(320),
  password: z.string().min(1, 'The password is missing.').max(128),
});
export type SignIn = z.infer<typeof signInSchema>;
