import { MYSQL } from '../../support/engines';
import { describeManyTables } from '../many-tables.suite';

MYSQL.describe(() => describeManyTables(MYSQL));
