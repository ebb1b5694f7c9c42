import { describeWithDjango } from '../support/django';
import { DJANGO_ON_MYSQL } from '../support/django-engines';
import { describeRace } from './race.suite';

describeWithDjango(DJANGO_ON_MYSQL, describeRace);
