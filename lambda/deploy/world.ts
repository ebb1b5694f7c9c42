import type { DataApiWorld } from '../data-api/data-api';
import type { SecretStore } from './login';
import type { StackServices } from './stack-services';

/** The collaborators of a deployment. */
export interface DeploymentWorld extends DataApiWorld {
  readonly secrets: SecretStore;
  readonly stack: StackServices;
  /** Called with what somebody may have to do by hand. */
  readonly onNote: (note: string) => void;
  /** Called with the purge's password as soon as it is known, so that it can be kept out of all texts. */
  readonly onPassword: (password: string) => void;
}

/** A failure of the deployment. Its message is the reason, in words for an operator. */
export class DeploymentFailure extends Error {
  constructor(
    /** The name of what it leaves behind. */
    readonly physicalId: string,
    cause: unknown,
    /** What leads out of it. */
    wayOut?: string,
  ) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(wayOut === undefined ? why : `${why}; ${wayOut}`, { cause });
  }
}
