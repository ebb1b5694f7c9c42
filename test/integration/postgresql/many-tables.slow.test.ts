import { POSTGRESQL } from '../../support/engines';
import { describeManyTables } from '../many-tables.suite';

POSTGRESQL.describe(() => describeManyTables(POSTGRESQL));
