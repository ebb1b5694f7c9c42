import { POSTGRESQL } from '../support/engines';
import { describeDrain } from './drain.suite';

POSTGRESQL.describe(() => describeDrain(POSTGRESQL));
