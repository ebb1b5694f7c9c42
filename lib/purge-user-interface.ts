import type { CustomResource } from 'aws-cdk-lib';
import type { IRole } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';

/** The purge's database user, as the deployment makes and checks it. */
export interface IPurgeUser extends IConstruct {
  /** The role of the function of the deployment. */
  readonly role: IRole;

  /** The function of the deployment. CloudFormation alone invokes it. */
  readonly function: IFunction;

  /** The user, as CloudFormation knows it. */
  readonly resource: CustomResource;

  /** What is wrong and does not keep the purge from its work; `none` if all is well. */
  readonly warnings: string;

  /** When the purge was first deployed, or deployed with another schedule, in seconds since 1970. */
  readonly deployedAt: string;
}
