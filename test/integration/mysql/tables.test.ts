import { MYSQL } from '../../support/engines';
import { describeConfiguredTables } from '../tables.suite';

MYSQL.describe(() => describeConfiguredTables(MYSQL));
