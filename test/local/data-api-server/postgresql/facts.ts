import { POSTGRESQL } from '../../../support/engines';
import type { Facts } from '../facts';

export const ON_POSTGRESQL: Facts = {
  engine: POSTGRESQL,
  running: (like) => `
    SELECT pid FROM pg_stat_activity
    WHERE datname = current_database() AND state = 'active' AND query ILIKE '${like}'
      AND pid <> pg_backend_pid()`,
  insertSlowly: (seconds) =>
    `WITH slept AS MATERIALIZED (SELECT pg_sleep(${seconds})) INSERT INTO numbers SELECT 0 FROM slept`,
  interrupt: (connection) => `SELECT pg_cancel_backend(${connection})`,
  kill: (connection) => `SELECT pg_terminate_backend(${connection})`,
  connection: 'pg_backend_pid()',
  lockTimeout: "SET lock_timeout = '1s'",
  said: {
    missingDatabase: 'ERROR: database "nowhere" does not exist; SQLState: 3D000',
    wrongPassword: 'FATAL: password authentication failed for user "purger"; SQLState: 28P01',
    lockTimeout: 'ERROR: canceling statement due to lock timeout; SQLState: 55P03',
    deadlock: 'ERROR: deadlock detected',
    interrupted: 'ERROR: canceling statement due to user request; SQLState: 57014',
  },
  brokenConnection: { name: 'DatabaseUnavailableException' },
};
