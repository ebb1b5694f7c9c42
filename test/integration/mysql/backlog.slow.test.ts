import { MYSQL } from '../../support/engines';
import { describeBacklog } from '../backlog.suite';

// InnoDB never estimates a range at more than half of its table, so that only the cap is left.
MYSQL.describe(() => describeBacklog(MYSQL));
