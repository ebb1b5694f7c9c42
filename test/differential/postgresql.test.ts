import { describeWithDjango } from '../support/django';
import { POSTGRESQL } from '../support/django-engines';
import { describeDifference } from './django.suite';

describeWithDjango(POSTGRESQL, () => describeDifference(POSTGRESQL));
