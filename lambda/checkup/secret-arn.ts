import {
  arnParts,
  COPY_SECRET_WHOLE,
  clusterPlace,
  otherPlace,
  partialSecret,
} from '../../contract/arn';
import type { Finding } from '../../contract/report';
import type { Target } from '../data-api/data-api';
import { failing, warning } from './findings';

const REQUIREMENT = "secret's ARN";

function placeFindings({ clusterArn, secretArn }: Target, answered: boolean): Finding[] {
  const mistake = otherPlace(arnParts(secretArn), clusterPlace(clusterArn));
  if (mistake === undefined) return [];
  const judge = answered ? warning : failing;
  const fix = "give the ARN of a secret in the cluster's place";
  return [judge(REQUIREMENT, `the secret ${mistake}`, fix)];
}

function endFindings({ secretArn }: Target): Finding[] {
  const mistake = partialSecret(secretArn);
  return mistake === undefined ? [] : [warning(REQUIREMENT, mistake, COPY_SECRET_WHOLE)];
}

/**
 * The mistakes that the secret's ARN itself shows; none where it has none. `answered`: the database was reached with the
 * secret, so that a mistake is no more than a warning.
 */
export function secretArnFindings(target: Target, answered: boolean): Finding[] {
  return [...placeFindings(target, answered), ...endFindings(target)];
}
