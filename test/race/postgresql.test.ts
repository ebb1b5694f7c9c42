import { describeWithDjango } from '../support/django';
import { DJANGO_ON_POSTGRESQL } from '../support/django-engines';
import { describeRace } from './race.suite';

describeWithDjango(DJANGO_ON_POSTGRESQL, describeRace);
