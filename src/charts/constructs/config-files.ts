import { createHash } from 'node:crypto';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { kubeObject } from './kube-object.ts';

export interface ConfigFilesProps {
  readonly metadata: k8s.ObjectMeta & { readonly name: string };
  /** The files' text by name. */
  readonly files: Readonly<Record<string, string>>;
  /**
   * Whether each content is an object of its own, with its hash in the name, so that pods of before keep theirs and a roll-back finds it. Nothing deletes those of before.
   * @default false
   */
  readonly ofEachVersion?: boolean;
}

/** Files for pods. Kubernetes rolls no pod when they change: the pods need `annotations`. */
export class ConfigFiles extends Construct {
  /** The volume that has them. */
  readonly volume: k8s.Volume;
  /** Changes with every file. */
  readonly annotations: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, { metadata, files, ofEachVersion = false }: ConfigFilesProps) {
    super(scope, id);
    const hash = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 16);
    const name = ofEachVersion ? `${metadata.name}-${hash}` : metadata.name;
    const data = { ...files };
    kubeObject(
      this,
      'config-map',
      k8s.KubeConfigMap.manifest({ metadata: { ...metadata, name }, data, ...(ofEachVersion && { immutable: true }) }),
    );
    this.volume = { name: 'config', configMap: { name } };
    this.annotations = { 'trellis.dev/config-hash': hash };
  }
}
