import { describeTimeLimit } from '../time-limit.suite';
import { ON_MYSQL } from './facts';

ON_MYSQL.engine.describe(() => describeTimeLimit(ON_MYSQL));
