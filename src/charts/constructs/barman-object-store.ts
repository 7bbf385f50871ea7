import {
  BarmanObjectStoreConfiguration,
  type IBarmanObjectStoreConfiguration,
} from '@kubernetes-models/cloudnative-pg/github.com/cloudnative-pg/barman-cloud/pkg/api/BarmanObjectStoreConfiguration';
import type { CustomResourceModel } from './kube-object.ts';

/**
 * The fields that we set of an ObjectStore of the Barman Cloud plugin, as its CustomResourceDefinition has them in version 0.11: no package has its types. What
 * `configuration` may be is the same as in CloudNativePG's own API, so the schema of that checks it.
 * @see https://cloudnative-pg.io/plugin-barman-cloud/docs/plugin-barman-cloud.v1/
 */
export interface BarmanObjectStoreProps {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly spec: {
    /** Without `serverName`, which the plugin refuses: the cluster says it. */
    readonly configuration: Omit<IBarmanObjectStoreConfiguration, 'serverName'>;
    /** For how long copies are kept, such as `30d`. */
    readonly retentionPolicy: string;
    /** The container beside each server that writes and reads the archive. */
    readonly instanceSidecarConfiguration: {
      readonly env: readonly { readonly name: string; readonly value: string }[];
      readonly resources: {
        readonly requests: Readonly<Record<string, string>>;
        readonly limits: Readonly<Record<string, string>>;
      };
    };
  };
}

const retention = /^[1-9][0-9]*[dwm]$/;

/** A place in a bucket for the copies of a cluster. */
export class BarmanObjectStore implements CustomResourceModel {
  readonly #props: BarmanObjectStoreProps;

  constructor(props: BarmanObjectStoreProps) {
    this.#props = props;
  }

  /** @throws Error when the CustomResourceDefinition would refuse it */
  validate(): void {
    const { configuration, retentionPolicy } = this.#props.spec;
    new BarmanObjectStoreConfiguration(configuration).validate();
    if (!retention.test(retentionPolicy))
      throw new Error(`spec.retentionPolicy: ${retentionPolicy} does not fit ${retention}`);
  }

  toJSON(): unknown {
    return { apiVersion: 'barmancloud.cnpg.io/v1', kind: 'ObjectStore', ...this.#props };
  }
}
