import { clusterIdentifier } from '../../contract/arn';

/** Names what there is to remove where nothing was made. */
export const NOTHING_MADE = 'nothing-made';

/** Names a check-up, which leaves nothing behind. */
export const CHECKED_ONLY = 'checked-only';

/** Names what there may be where the time ran out. */
export const NOT_KNOWN = 'not-known';

/** Names a user of a cluster. Where it changes, CloudFormation has the one with the old name removed. */
export function idOf({ clusterArn }: { readonly clusterArn: string }, user: string): string {
  return `${clusterIdentifier(clusterArn)}/${user}`;
}

/** The user that such a name stands for; `undefined` if it stands for none. */
export function userIn(id: string, wish: { readonly clusterArn: string }): string | undefined {
  const prefix = idOf(wish, '');
  return id.startsWith(prefix) ? id.slice(prefix.length) : undefined;
}
