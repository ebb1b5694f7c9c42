import { MYSQL } from '../../support/engines';
import { describeLiveSessions } from '../live-sessions.suite';

MYSQL.describe(() => describeLiveSessions(MYSQL));
