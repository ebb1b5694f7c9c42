import { remedyFor } from '../data-api/read-failure';
import { optionalText, type Row, text } from '../data-api/rows';
import type { Trouble } from './trouble';
import { byOwner, runBy } from './who-runs-it';

const NO_REPLICA_IDENTITY = '55000';
const MISFIT_OF_PUBLICATION = '42P10';

/** `fix`: what its remedy ends with, the SQL for this very table. */
interface PublicationTrouble extends Trouble {
  readonly fix: string;
}

type Fix = readonly [owner: string, sql: string];

/** The SQL that lets rows go, with who has to run it. */
function fixOf(row: Row): string {
  const identity = optionalText(row, 'identityFix');
  const publications = (JSON.parse(text(row, 'publicationFixes')) as Fix[])
    .map(([owner, sql]) => runBy(`the owner of the publication ("${owner}")`, sql))
    .join('; ');
  const ofTable = identity === null ? [] : [`${byOwner(row, identity)}; or, `];
  return `${ofTable.join('')}so that subscribers keep the rows, ${publications}`;
}

/**
 * Why publications let no row of a table go, since they could not tell their subscribers which; `null`: they do not. `row`: what
 * the catalogs say, as the dialect's `publications` has it.
 */
export function publicationTrouble(row: Row): PublicationTrouble | null {
  const unidentified = text(row, 'unidentified');
  const misfit = text(row, 'misfit');
  if (unidentified === '' && misfit === '') return null;
  const [problem, sign] =
    unidentified === ''
      ? [
          `${misfit} selects by columns that do not fit the table's replica identity`,
          MISFIT_OF_PUBLICATION,
        ]
      : [
          `${unidentified} sends deletes, and the table has no replica identity`,
          NO_REPLICA_IDENTITY,
        ];
  const fix = `here ${fixOf(row)}`;
  return { problem, remedy: `${remedyFor(sign)}; ${fix}`, fix };
}
