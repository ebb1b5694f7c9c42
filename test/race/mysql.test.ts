import { describeWithDjango } from '../support/django';
import { MYSQL } from '../support/django-engines';
import { describeWithMariadb } from '../support/mariadb';
import { describeRace } from './race.suite';

describeWithMariadb(() => describeWithDjango(MYSQL, () => describeRace(MYSQL)));
