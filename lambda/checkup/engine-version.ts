import type { Finding } from '../../contract/report';
import { failing, ok, unknown } from './findings';

/** The engine and the version of a server. */
export interface ServerVersion {
  readonly engine: 'postgresql' | 'mysql' | 'mariadb' | null;
  readonly numbers: readonly number[];
  /** Name and version, for people. */
  readonly text: string;
}

const REQUIREMENT = 'engine version';

/** Reads the answer of `version()` on PostgreSQL, MySQL and MariaDB; the engine of any other server is `null`. */
export function readVersion(answer: string): ServerVersion {
  const [, postgres, number = ''] = /^(?:(PostgreSQL) )?(\d+(?:\.\d+)*)/.exec(answer) ?? [];
  const numbers = number.split('.').map(Number);
  if (postgres) return { engine: 'postgresql', numbers, text: `PostgreSQL ${number}` };
  if (/mariadb/i.test(answer)) return { engine: 'mariadb', numbers, text: `MariaDB ${number}` };
  if (number !== '') return { engine: 'mysql', numbers, text: `MySQL ${number}` };
  return { engine: null, numbers: [], text: 'a server of another kind' };
}

/**
 * The first minor version of each major version that the Data API supports. It supports all later major versions.
 *
 * From the Aurora User Guide, "Supported Regions and Aurora DB engines for RDS Data API".
 */
const POSTGRESQL: Readonly<Record<number, number>> = { 13: 11, 14: 8, 15: 3, 16: 1, 17: 4, 18: 3 };

const POSTGRESQL_MINIMUM = 'Aurora PostgreSQL 13.11, 14.8, 15.3, 16.1, 17.4 or 18.3';

/** Aurora MySQL 3.07 is compatible with MySQL 8.0.36, according to its release notes. */
const MYSQL = [8, 0, 36];

const MYSQL_MINIMUM = 'Aurora MySQL 3.07 (MySQL 8.0.36)';

function isAtLeast(numbers: readonly number[], least: readonly number[]): boolean {
  const at = least.findIndex((number, place) => (numbers[place] ?? 0) !== number);
  return at === -1 || (numbers[at] ?? 0) > (least[at] ?? 0);
}

function servesPostgresql([major = 0, minor = 0]: readonly number[]): boolean {
  const least = POSTGRESQL[major];
  return least === undefined ? major > 18 : minor >= least;
}

function served(isServed: boolean, text: string, minimum: string): Finding {
  return isServed
    ? ok(REQUIREMENT, text)
    : failing(
        REQUIREMENT,
        `${text} is older than what Aurora's Data API serves`,
        `upgrade to ${minimum} or later`,
      );
}

/** Whether Aurora's Data API supports a server's version. */
export function versionFinding({ engine, numbers, text }: ServerVersion): Finding {
  switch (engine) {
    case 'postgresql':
      return served(servesPostgresql(numbers), text, POSTGRESQL_MINIMUM);
    case 'mysql':
      return served(isAtLeast(numbers, MYSQL), text, MYSQL_MINIMUM);
    case 'mariadb':
      return unknown(
        REQUIREMENT,
        `${text}, which Aurora does not have; a cluster needs ${MYSQL_MINIMUM} or later`,
      );
    default:
      return failing(
        REQUIREMENT,
        `${text}; the purge speaks PostgreSQL and MySQL`,
        "check the cluster's ARN",
      );
  }
}
