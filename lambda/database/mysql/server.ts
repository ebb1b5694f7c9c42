import { type Row, text } from '../../data-api/rows';
import type { ServerCheckup, ServerRefusal, ServerSettings } from '../checkup-engine';
import { literal } from './sql';

/** The setting, and the error with which a server refuses a delete while it is on. */
const READ_ONLY = {
  read_only: '1290',
  innodb_read_only: '1290',
  transaction_read_only: '1792',
  tx_read_only: '1792',
} as const;

const ROW_BASED_ONLY = '1665';

/** MySQL and MariaDB have different names for some of them, and a SELECT fails at a name that the server does not have. */
const SETTINGS = `SHOW VARIABLES WHERE Variable_name IN (${[
  ...Object.keys(READ_ONLY),
  ...['log_bin', 'binlog_format', 'transaction_isolation', 'tx_isolation'],
  'innodb_lock_wait_timeout',
]
  .map(literal)
  .join(', ')})`;

function read(rows: readonly Row[]): ServerSettings {
  const values = rows.map((row) => [text(row, 'Variable_name'), text(row, 'Value')] as const);
  return { values: new Map(values), role: null, refusal: null };
}

/** InnoDB does not write a statement to the log whose transaction sees what others have just committed. */
function needsRowBasedLog({ values }: ServerSettings): boolean {
  const isolation = values.get('transaction_isolation') ?? values.get('tx_isolation') ?? '';
  return (
    values.get('log_bin') === 'ON' &&
    values.get('binlog_format') === 'STATEMENT' &&
    /^READ-/.test(isolation)
  );
}

function refusals(settings: ServerSettings): ServerRefusal[] {
  const readOnly = Object.entries(READ_ONLY).filter(([name]) => settings.values.get(name) === 'ON');
  return [
    ...readOnly.map(([name, error]) => ({ problem: `${name} is ON`, error })),
    ...(needsRowBasedLog(settings)
      ? [
          {
            problem: 'binlog_format is STATEMENT, with an isolation level that needs ROW or MIXED',
            error: ROW_BASED_ONLY,
          },
        ]
      : []),
  ];
}

/** What a check-up asks of the server. */
export const server: ServerCheckup = {
  requirements: ['writes', 'timeouts'],
  settings: { sql: SETTINGS, parameters: {}, mode: 'read' },
  read,
  refusals,
};
