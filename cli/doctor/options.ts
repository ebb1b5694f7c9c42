import { TARGET_FORM, targetMistakes } from '../demo/option-combinations';
import { OPTIONS as DEMO } from '../demo/option-table';
import { readWords } from '../demo/option-tokens';
import { OptionsError } from '../demo/options';
import { isSchedule } from './schedule';

/** All options, in the order of the help. */
export const OPTIONS = {
  'cluster-arn': DEMO['cluster-arn'],
  'secret-arn': DEMO['secret-arn'],
  database: DEMO.database,
  'database-url': DEMO['database-url'],
  tables: DEMO.tables,
  'grace-seconds': DEMO['grace-seconds'],
  'time-zone': DEMO['time-zone'],
  schedule: {
    value: 'SCHEDULE',
    help: "the purge's schedule, like 'cron(17 2 * * ? *)', to hold against the cluster's auto-pause",
    rule: isSchedule,
  },
  help: DEMO.help,
} as const;

/** The database to look at. */
export type Target =
  | { readonly kind: 'database'; readonly url: string }
  | {
      readonly kind: 'cluster';
      readonly clusterArn: string;
      readonly secretArn: string;
      readonly database: string;
    };

/** What the command line asks for. */
export interface DoctorOptions {
  readonly target: Target;
  readonly schedule: string | undefined;
  /** As the function's settings take them. */
  readonly environment: Readonly<Record<string, string>>;
}

const ENVIRONMENT = {
  tables: 'SESSION_PURGE_TABLES',
  'grace-seconds': 'SESSION_PURGE_GRACE_SECONDS',
  'time-zone': 'SESSION_PURGE_TIME_ZONE',
} as const;

/**
 * Reads the command line; `null`: it asks for help.
 *
 * @throws {OptionsError} with all mistakes at once; no message holds a password
 */
export function readDoctorOptions(args: readonly string[]): DoctorOptions | null {
  const example = 'npm run doctor -- --database-url postgres://...';
  const { given, mistakes } = readWords(args, { options: OPTIONS, example });
  if (given.has('help') || args.includes('-h')) return null;
  const url = given.get('database-url');
  const clusterArn = given.get('cluster-arn');
  const { 'secret-arn': secretArn = '', database = '' } = Object.fromEntries(given);
  const isNamed = url !== undefined || clusterArn !== undefined || secretArn + database !== '';
  const all = [
    ...mistakes,
    ...targetMistakes(given),
    ...(isNamed || mistakes.length > 0 ? [] : [`no database is named; add ${TARGET_FORM}`]),
  ];
  if (all.length > 0) throw new OptionsError(all);
  const environment = Object.entries(ENVIRONMENT).flatMap(([name, variable]) => {
    const value = given.get(name as keyof typeof ENVIRONMENT);
    return value === undefined ? [] : [[variable, value]];
  });
  return {
    target:
      url === undefined
        ? { kind: 'cluster', clusterArn: clusterArn ?? '', secretArn, database }
        : { kind: 'database', url },
    schedule: given.get('schedule'),
    environment: Object.fromEntries(environment),
  };
}
