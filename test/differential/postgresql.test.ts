import { describeWithDjango } from '../support/django';
import { DJANGO_ON_POSTGRESQL } from '../support/django-engines';
import { describeDifference } from './django.suite';

describeWithDjango(DJANGO_ON_POSTGRESQL, describeDifference);
