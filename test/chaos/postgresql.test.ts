import { POSTGRESQL } from '../support/engines';
import { describeChaos } from './chaos.suite';
import { describeClock } from './clock.suite';

POSTGRESQL.describe(() => describeChaos(POSTGRESQL));
POSTGRESQL.describe(() => describeClock(POSTGRESQL));
