import { MYSQL } from '../../support/engines';
import { describeSameFacts, obstaclesOf } from '../same-facts.suite';

MYSQL.describe(() =>
  describeSameFacts(MYSQL, [
    ...obstaclesOf(MYSQL),
    {
      name: 'a time zone that nobody has said',
      requirement: 'time zone',
      statements: [],
      env: { SESSION_PURGE_TIME_ZONE: '' },
    },
  ]),
);
