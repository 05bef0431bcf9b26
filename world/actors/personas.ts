import type { Plan } from '../../ssot/kernel';

/** The cast. Every scenario gets companies and people of its own under these names. */
export const COMPANIES = {
  Acme: { plan: 'enterprise' },
  Birch: { plan: 'free' },
  Cedar: { plan: 'early' },
  Dune: { plan: 'mid' },
} as const satisfies Record<string, { plan: Plan }>;
export type Company = keyof typeof COMPANIES;

export const PEOPLE = {
  Dana: { company: 'Acme', role: 'member' },
  Ravi: { company: 'Acme', role: 'member' },
  Olga: { company: 'Acme', role: 'owner' },
  Ada: { company: 'Acme', role: 'administrator' },
  Leo: { company: 'Birch', role: 'administrator' },
  Mia: { company: 'Cedar', role: 'administrator' },
  Noor: { company: 'Dune', role: 'administrator' },
} as const satisfies Record<string, { company: Company; role: 'member' | 'administrator' | 'owner' }>;
export type PersonName = keyof typeof PEOPLE;
