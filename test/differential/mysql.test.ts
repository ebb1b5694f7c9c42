import { describeWithDjango } from '../support/django';
import { MYSQL } from '../support/django-engines';
import { describeWithMariadb } from '../support/mariadb';
import { describeDifference } from './django.suite';

describeWithMariadb(() => describeWithDjango(MYSQL, () => describeDifference(MYSQL)));
