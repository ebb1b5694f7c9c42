import { describeWithDjango } from '../support/django';
import { POSTGRESQL } from '../support/django-engines';
import { describeRace } from './race.suite';

describeWithDjango(POSTGRESQL, () => describeRace(POSTGRESQL));
