import { MYSQL } from '../support/engines';
import { describeDrain } from './drain.suite';

MYSQL.describe(() => describeDrain(MYSQL));
