import { POSTGRESQL } from '../../support/engines';
import { describeBacklog } from '../backlog.suite';

POSTGRESQL.describe(() => describeBacklog(POSTGRESQL));
