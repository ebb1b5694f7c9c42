import { MYSQL } from '../../../support/engines';
import type { Facts } from '../facts';

export const ON_MYSQL: Facts = {
  engine: MYSQL,
  running: (like) => `
    SELECT id FROM information_schema.processlist
    WHERE db = DATABASE() AND command = 'Execute' AND info LIKE '${like}'`,
  insertSlowly: (seconds) => `INSERT INTO numbers SELECT SLEEP(${seconds})`,
  interrupt: (connection) => `KILL QUERY ${connection}`,
  kill: (connection) => `KILL ${connection}`,
  connection: 'CONNECTION_ID()',
  lockTimeout: 'SET innodb_lock_wait_timeout = 1',
  said: {
    missingDatabase: "Unknown database 'nowhere'; Error code: 1049; SQLState: 42000",
    wrongPassword:
      "Access denied for user 'purger'@'127.0.0.1' (using password: YES); Error code: 1045; SQLState: 28000",
    lockTimeout:
      'Lock wait timeout exceeded; try restarting transaction; Error code: 1205; SQLState: HY000',
    deadlock:
      'Deadlock found when trying to get lock; try restarting transaction; Error code: 1213; SQLState: 40001',
    interrupted: 'Query execution was interrupted; Error code: 1317; SQLState: 70100',
  },
  brokenConnection: {
    name: 'DatabaseErrorException',
    message: 'Communications link failure; Error code: 0; SQLState: 08S01',
  },
};
