import type { Role } from '@/lib/identity/rules/permissions';

type DemoPerson = { name: string; email: string; role: Role; groups: string[] };

/** The people of the demo org; the first is its owner. Approval comes from groups, never from a role. */
export const people: DemoPerson[] = [
  {
    name: 'Maria Klein',
    email: 'maria@northwind.test',
    role: 'owner',
    groups: ['finance-team', 'finance-leads'],
  },
  { name: 'Dana Sato', email: 'dana@northwind.test', role: 'member', groups: ['finance-team'] },
  {
    name: 'Priya Raman',
    email: 'priya@northwind.test',
    role: 'member',
    groups: ['finance-team', 'finance-leads'],
  },
  { name: 'Jonas Weber', email: 'jonas@northwind.test', role: 'member', groups: ['legal'] },
  { name: 'Lena Fischer', email: 'lena@northwind.test', role: 'member', groups: ['engineering'] },
  { name: 'Omar Haddad', email: 'omar@northwind.test', role: 'admin', groups: ['engineering', 'security'] },
  { name: 'Ines Duarte', email: 'ines@northwind.test', role: 'member', groups: ['security'] },
  { name: 'Tom Okafor', email: 'tom@northwind.test', role: 'member', groups: ['support'] },
  { name: 'Sofia Rossi', email: 'sofia@northwind.test', role: 'member', groups: ['support', 'approvers'] },
  { name: 'Erik Lund', email: 'erik@northwind.test', role: 'auditor', groups: [] },
];

export const groups = [
  { slug: 'finance-team', name: 'Finance team' },
  { slug: 'finance-leads', name: 'Finance leads' },
  { slug: 'legal', name: 'Legal' },
  { slug: 'engineering', name: 'Engineering' },
  { slug: 'security', name: 'Security' },
  { slug: 'support', name: 'Support' },
];

/** Each agent answers to a member; its owner decides nothing of its own. */
export const agents = [
  { name: 'ops-refunds', owner: 'tom@northwind.test', labels: { team: 'support' } },
  { name: 'erp-clerk', owner: 'omar@northwind.test', labels: { team: 'finance' } },
  { name: 'sales-outreach', owner: 'lena@northwind.test', labels: { team: 'sales' } },
  { name: 'release-bot', owner: 'omar@northwind.test', labels: { team: 'engineering' } },
  { name: 'sentinel', owner: 'lena@northwind.test', labels: { team: 'security' } },
];
