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

function misplaced({ clusterArn, secretArn }: Target): string | undefined {
  const { region, account } = arnParts(secretArn);
  return otherPlace({ region, account }, clusterPlace(clusterArn));
}

/**
 * What the secret's ARN itself shows to be wrong; nothing where nothing is. `answered`: the database was reached with the
 * secret, so that no more than a warning is due.
 */
export function secretArnFindings(target: Target, answered: boolean): Finding[] {
  const place = misplaced(target);
  const part = partialSecret(target.secretArn);
  const judge = answered ? warning : failing;
  return [
    ...(place === undefined
      ? []
      : [
          judge(
            REQUIREMENT,
            `the secret ${place}`,
            "give the ARN of a secret in the cluster's place",
          ),
        ]),
    ...(part === undefined ? [] : [warning(REQUIREMENT, part, COPY_SECRET_WHOLE)]),
  ];
}
