import { describeWithDjango } from '../support/django';
import { DJANGO_ON_MYSQL } from '../support/django-engines';
import { describeDifference } from './django.suite';

describeWithDjango(DJANGO_ON_MYSQL, describeDifference);
