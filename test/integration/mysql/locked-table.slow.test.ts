import { MYSQL } from '../../support/engines';
import { describeLockedTable } from '../locked-table.suite';

MYSQL.describe(() =>
  describeLockedTable(MYSQL, {
    lock: (table, against) => `LOCK TABLES ${table} ${against === 'all' ? 'WRITE' : 'READ'}`,
    unlock: 'UNLOCK TABLES',
    shows: 'metadata_locks',
  }),
);
