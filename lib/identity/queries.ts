import type { Context } from '@/lib/kernel/context';
import { database } from '@/lib/kernel/database';
import { transact } from '@/lib/kernel/transact';

export type Membership = { org: string; memberId: string };
export type PersonView = {
  memberId: string;
  name: string;
  email: string;
  role: string;
  org: { id: string; name: string };
  groups: string[];
};

/** The orgs in which this verified address is an active member, oldest first. Before an org is known. */
export async function membershipsOf(email: string): Promise<Membership[]> {
  const rows = await database('app').$queryRaw<{ orgId: string; memberId: string }[]>`
    SELECT org_id AS "orgId", member_id AS "memberId" FROM memberships_of(${email})`;
  return rows.map((row) => ({ org: row.orgId, memberId: row.memberId }));
}

/** Whether any org exists: an empty database offers setup. */
export async function anyOrg(): Promise<boolean> {
  const [row] = await database('app').$queryRaw<{ exists: boolean }[]>`SELECT any_org() AS exists`;
  return row?.exists ?? false;
}

/** The member who acts, with their groups' names; null when they are no longer active. */
export function whoAmI(ctx: Context): Promise<PersonView | null> {
  return transact(ctx, async (open) => {
    const member = await open.db.member.findUnique({
      where: { orgId_id: { orgId: open.org, id: open.actor.id }, status: 'active' },
      select: {
        id: true,
        name: true,
        email: true,
        role: true,
        org: { select: { id: true, name: true } },
        groups: { select: { group: { select: { name: true } } } },
      },
    });
    if (!member) return null;
    const { id, groups, ...rest } = member;
    return { ...rest, memberId: id, groups: groups.map(({ group }) => group.name) };
  });
}
