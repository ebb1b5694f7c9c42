import { urlMistake } from '../terminal/database-url';
import type { Rule } from '../terminal/rules';
import {
  isClusterArn,
  isGraceSeconds,
  isNotEmpty,
  isRowCount,
  isSecretArn,
  isTableList,
  isTimeZone,
} from '../terminal/rules';

/** One option of the command line. */
export interface Option {
  /** What stands for its value in the help; without one it is a switch. */
  readonly value?: string;
  readonly help: string;
  readonly rule?: Rule;
}

/** All options, in the order of the help. */
export const OPTIONS = {
  rows: { value: 'N', help: 'expired sessions to make up (default: 100000)', rule: isRowCount },
  'database-url': {
    value: 'URL',
    help: 'a database of your own: postgres://USER:PASSWORD@HOST:PORT/DATABASE (or the password in PGPASSWORD), or mysql://...',
    rule: urlMistake,
  },
  'cluster-arn': {
    value: 'ARN',
    help: 'an Aurora cluster, through its Data API and with your AWS credentials',
    rule: isClusterArn,
  },
  'secret-arn': { value: 'ARN', help: 'the secret of the role that purges', rule: isSecretArn },
  database: { value: 'NAME', help: 'the database in the cluster', rule: isNotEmpty },
  delete: { help: 'really delete; without it, a database of your own gets a dry run' },
  tables: {
    value: 'A,B',
    help: 'the session tables (default: django_session)',
    rule: isTableList,
  },
  'grace-seconds': {
    value: 'N',
    help: 'how long an expired session is kept (default: 3600)',
    rule: isGraceSeconds,
  },
  'time-zone': {
    value: 'ZONE',
    help: "Django's TIME_ZONE; no effect on PostgreSQL (default: UTC)",
    rule: isTimeZone,
  },
  help: { help: 'this text' },
} as const satisfies Record<string, Option>;

/** The name of an option, without its dashes. */
export type OptionName = keyof typeof OPTIONS;

/** All names, in the order of the help. */
export const OPTION_NAMES = Object.keys(OPTIONS) as OptionName[];

/** As much of an option as they all have. */
export const optionOf = (name: OptionName): Option => OPTIONS[name];
