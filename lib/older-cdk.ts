import { type CfnResource, Validations } from 'aws-cdk-lib';
import { Runtime, RuntimeFamily } from 'aws-cdk-lib/aws-lambda';
import type { IConstruct } from 'constructs';

/** Node.js 24, also where the CDK is too old to know it. */
export const NODE_24: Runtime =
  Runtime.NODEJS_24_X ?? new Runtime('nodejs24.x', RuntimeFamily.NODEJS);

/** A rule of cdk-nag, and what of the construct it may find. */
interface Finding {
  readonly rule: string;
  readonly of?: string;
}

/**
 * Says why a finding of cdk-nag is no mistake. Its version 3 reads that as the CDK keeps it, where the CDK is new enough;
 * its version 2 reads the metadata of the resource.
 */
export function acknowledge(construct: IConstruct, { rule, of }: Finding, reason: string): void {
  const id = of === undefined ? rule : `${rule}[${of}]`;
  Validations?.of(construct).acknowledge?.({ id, reason });
  const suppression = { id: rule, reason, ...(of !== undefined && { applies_to: [of] }) };
  const resource = construct.node.defaultChild as CfnResource;
  const before = resource.getMetadata('cdk_nag')?.rules_to_suppress ?? [];
  resource.addMetadata('cdk_nag', { rules_to_suppress: [...before, suppression] });
}
