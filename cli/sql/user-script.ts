import type { TableName } from '../../contract/table-name';
import { mysqlUser } from '../../contract/user-sql/mysql';
import { asRole, grantUsage, postgresqlUser } from '../../contract/user-sql/postgresql';
import type { SqlOptions } from './options';

/** Stands where the password has to. */
const PASSWORD = 'choose-a-long-one';

/** Statements for one user of the database. */
interface Part {
  readonly comments: readonly string[];
  readonly statements: readonly string[];
}

const NEW_PASSWORD = `Put a long password in place of ${PASSWORD}.`;

/** Without a schema a table is taken for one of the schema "public". */
function postgresqlGrants(tables: readonly TableName[], user: string): string[] {
  const schemas = new Set(tables.map(({ schema }) => schema ?? 'public'));
  return [
    ...[...schemas].map((schema) => grantUsage(schema, user)),
    ...tables.map((table) => postgresqlUser.grant(table, user)),
  ];
}

const text = (value: string) => `'${value.replaceAll("'", "''")}'`;

function postgresqlParts({ database, tables, user, owner }: SqlOptions): Part[] {
  const creation = postgresqlUser.create(user, PASSWORD);
  const grants = postgresqlGrants(tables, user);
  const names = [...new Set(tables.map(({ table }) => text(table)))].join(', ');
  const whose = `Whose? SELECT schemaname, tablename, tableowner FROM pg_tables WHERE tablename IN (${names});`;
  if (owner !== undefined) {
    const comments = [`As the master user, in the database ${database}.`, NEW_PASSWORD];
    return [{ comments, statements: [...creation, ...asRole(owner, grants)] }];
  }
  return [
    {
      comments: ['1. As the master user, or anybody who may create roles.', NEW_PASSWORD],
      statements: creation,
    },
    {
      comments: [`2. As the owner of the tables, in the database ${database}.`, whose],
      statements: grants,
    },
  ];
}

function mysqlParts({ database, tables, user }: SqlOptions): Part[] {
  const grants = tables.map(({ schema, table }) =>
    mysqlUser.grant({ schema: schema ?? database, table }, user),
  );
  const statements = [...mysqlUser.create(user, PASSWORD), ...grants];
  return [{ comments: ['As the master user.', NEW_PASSWORD], statements }];
}

/** The SQL that makes the purge's user, in a part for each user who has to run some of it. */
export function userScript(options: SqlOptions): string {
  const parts = options.engine === 'postgresql' ? postgresqlParts(options) : mysqlParts(options);
  return parts
    .map(({ comments, statements }) =>
      [
        ...comments.map((comment) => `-- ${comment}`),
        ...statements.map((statement) => `${statement};`),
      ].join('\n'),
    )
    .join('\n\n');
}
