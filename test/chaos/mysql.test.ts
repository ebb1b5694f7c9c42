import { MYSQL } from '../support/engines';
import { describeChaos } from './chaos.suite';
import { describeClock } from './clock.suite';

MYSQL.describe(() => describeChaos(MYSQL));
MYSQL.describe(() => describeClock(MYSQL));
