import {
  listedNames,
  nameOf,
  parseTableName,
  patternOf,
  type TableName,
} from '../../contract/table-name';
import { nearestName } from '../../contract/text';
import { flag, optionalText, type Row, text } from '../data-api/rows';
import type { Dialect, TableId } from './dialect';
import { childrenOf, invalidIndexesOf, purgeableChildrenOf } from './inspection';
import { byNaming } from './setting-names';
import type { Obstacle } from './trouble';
import { byOwner, byOwnersOf } from './who-runs-it';

const CHECK_SETTINGS = 'check the database name and the tables setting';

/** What is wrong with the structure of a table, by a row of `inspect`; `null`: nothing. */
export function structureProblem(row: Row): string | null {
  const kind = text(row, 'kind');
  if (kind !== 'table') return `is a ${kind}, not a table`;
  if (row.expireDateType === null) return 'has no column "expire_date"';
  if (!flag(row, 'hasSessionKey')) return 'has no column "session_key"';
  if (!flag(row, 'isKeyedBySession')) return 'does not have "session_key" as its primary key';
  if (!flag(row, 'isExpireDateTime')) {
    return `has a column "expire_date" of type ${text(row, 'expireDateType')}, which Django never makes`;
  }
  return null;
}

/** The names in a list of an `inspect`, as the setting takes them. A name that the setting cannot take stays as it is. */
function listedIn(row: Row, column: string) {
  return listedNames(optionalText(row, column) ?? '').flatMap((name) => {
    const known = parseTableName(name);
    if (typeof known === 'string') return name === '' ? [] : { name, table: null };
    const { schema, table } = known;
    return schema === null ? [] : { name: nameOf({ schema, table }), table };
  });
}

/** The names that somebody may have meant by one that was not found, but for tables that were found. A pattern gets patterns. */
function meantBy(row: Row, { schema, table }: TableName, found: ReadonlySet<string>): string[] {
  const near = listedIn(row, 'near');
  const similar = listedIn(row, 'sessionTables').filter(
    (it) => it.table !== null && nearestName(table, [it.table]) !== undefined,
  );
  const namesIn = (listed: typeof near) =>
    schema === '*'
      ? listed.flatMap((it) => (it.table === null ? [] : patternOf(it.table)))
      : listed.flatMap(({ name }) => (found.has(name) ? [] : name));
  const [first = []] = [near, similar].map(namesIn).filter((names) => names.length > 0);
  return [...new Set(first)].slice(0, 3);
}

/** That a wanted table was not found, by its row of `inspect`. `found`: the names of the tables that were. */
export function notFound(
  row: Row,
  name: TableName,
  dialect: Dialect,
  found: ReadonlySet<string>,
): Obstacle {
  const meant = meantBy(row, name, found);
  const near = meant.join(', ');
  const remedies = [
    near === ''
      ? CHECK_SETTINGS
      : `if you mean ${near}, ${byNaming(near, 'name it so in the tables setting')}`,
    dialect.showTable(name, row, meant),
  ];
  const where = name.schema === '*' ? 'any schema of database' : 'database';
  return {
    of: 'table',
    problem: `table "${name.text}" was not found in ${where} "${text(row, 'database')}"`,
    remedy: remedies.filter((remedy) => remedy !== null).join('; '),
  };
}

/** Whether it has Django's columns and no primary key at all, as a partition or a child whose parent has none. */
function lacksKey(row: Row): boolean {
  const hasColumns = row.expireDateType !== null && flag(row, 'hasSessionKey');
  return hasColumns && flag(row, 'isExpireDateTime') && !flag(row, 'hasPrimaryKey');
}

/** Whether it is looked at further: a table of sessions, of which perhaps the key alone is missing. */
export const isOfSessions = (row: Row): boolean =>
  structureProblem(row) === null || (text(row, 'kind') === 'table' && lacksKey(row));

/** A remedy of the owner that fails, or does harm, as long as a query counts some rows. `otherwise`: what to do about them. */
const onceNone = (row: Row, query: string, sql: string, otherwise: string) =>
  byOwner(row, `${query}; if that shows 0: ${sql}; if it shows more, ${otherwise} first`);

/** The database shows a key that is there twice to whoever adds the primary key. */
function withKey(row: Row, table: TableId, dialect: Dialect): string {
  const otherwise = 'delete all but one row of each session_key';
  return onceNone(row, dialect.countDuplicates(table), dialect.addKey(table), otherwise);
}

/** A server that is not strict makes a time of the year 0 of a NULL, so that the next run deletes that session. */
function withoutNull(row: Row, table: TableId, dialect: Dialect): string {
  const otherwise = 'delete those sessions or give them a time';
  return onceNone(row, dialect.countNulls(table), dialect.refuseNull(table, row), otherwise);
}

const FOREIGN =
  'its rows are in another database: purge them there, and leave it out of the tables setting';

/** A foreign partition cannot be named, and so is left out of what the purge is asked for. */
function partitionedRemedy(row: Row): string {
  const children = childrenOf(row);
  if (children.length === 0)
    return 'it has no partition yet: name its partitions in the tables setting once it has some';
  const own = purgeableChildrenOf(row).map(nameOf).join(', ');
  if (own === '') return FOREIGN;
  const named = byNaming(own, `name its partitions in the tables setting: ${own}`);
  const foreign = children.flatMap((child) => (child.isForeign ? nameOf(child) : []));
  if (foreign.length === 0) return named;
  return `${named}; the rows of ${foreign.join(', ')} are in another database: purge them there`;
}

function structureRemedy(row: Row, table: TableId, dialect: Dialect): string {
  const kind = text(row, 'kind');
  if (kind === 'table') return lacksKey(row) ? withKey(row, table, dialect) : CHECK_SETTINGS;
  if (kind === 'foreign table') return FOREIGN;
  if (kind.endsWith('view'))
    return 'name the table that it shows, and not the view, in the tables setting';
  return partitionedRemedy(row);
}

const USAGE = 'USAGE on its schema';
const EACH_COLUMN = 'SELECT (ctid), SELECT (expire_date)';

function missingRights(row: Row, table: TableId, name: string, dialect: Dialect): Obstacle[] {
  const missing = text(row, 'missingRights');
  if (missing === '') return [];
  const user = text(row, 'user');
  const rights = missing.split(', ').filter((right) => right !== USAGE);
  const told = rights.join(', ').replace(EACH_COLUMN, 'SELECT (ctid, expire_date)');
  const grant = rights.length === 0 ? null : dialect.grant(table, user);
  const usage =
    dialect.grantUsage !== null && missing.startsWith(USAGE)
      ? dialect.grantUsage(table.schema, user)
      : null;
  const ofTable = usage === null ? `${told} on table "${name}"` : `on table "${name}": ${told}`;
  const ofSchema = `USAGE on schema "${table.schema}"`;
  const both = grant === null ? `${ofSchema} of table "${name}"` : `${ofSchema}, and ${ofTable}`;
  const problem = `user "${user}" lacks ${usage === null ? ofTable : both}`;
  return [{ of: 'rights', problem, remedy: byOwnersOf(row, { schema: usage, table: grant }) }];
}

/**
 * What keeps a table from being purged, whoever wants it, by its row of `inspect`. `name`: for people. What is no table of
 * sessions is looked at no further; a table that lacks only its key is one.
 */
export function obstaclesIn(row: Row, table: TableId, name: string, dialect: Dialect): Obstacle[] {
  const structure = structureProblem(row);
  const isTable = text(row, 'kind') === 'table';
  const ofStructure: Obstacle[] =
    structure === null
      ? []
      : [
          {
            of: isTable ? 'columns' : 'table',
            problem: `table "${name}" ${structure}`,
            remedy: structureRemedy(row, table, dialect),
          },
        ];
  if (!isOfSessions(row)) return ofStructure;
  return [
    ...ofStructure,
    ...missingRights(row, table, name, dialect),
    ...dialect.obstacles(row, table, name),
  ];
}

function indexWarning(row: Row, table: TableId, name: string, dialect: Dialect): Obstacle {
  const others = text(row, 'otherIndexes');
  const none =
    others === ''
      ? 'no index that starts with expire_date'
      : `no index that can be walked along expire_date (${others} cannot)`;
  return {
    of: 'index',
    problem: `table "${name}" has ${none}: each run reads the whole table`,
    remedy: byOwner(row, dialect.createIndex(table, invalidIndexesOf(row))),
  };
}

function nullWarning(row: Row, table: TableId, name: string, dialect: Dialect): Obstacle {
  return {
    of: 'columns',
    problem: `table "${name}" takes NULL for expire_date, and such a session stays for ever`,
    remedy: withoutNull(row, table, dialect),
  };
}

/** What does not keep a table from being purged, and ought to be mended. */
export function warningsIn(row: Row, table: TableId, name: string, dialect: Dialect): Obstacle[] {
  return [
    ...(flag(row, 'hasExpireDateIndex') ? [] : [indexWarning(row, table, name, dialect)]),
    ...(flag(row, 'isExpireDateNullable') ? [nullWarning(row, table, name, dialect)] : []),
  ];
}
