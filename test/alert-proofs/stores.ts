import {
  databaseConnections,
  databaseQueryDuration,
  keyValueCommandDuration,
  objectStoreCommandDuration,
} from '../../src/model/index.ts';
import { type FailuresProof, failuresProof } from './failures.ts';
import { type ProofOf, scraped } from './proof.ts';

const metrics: Readonly<Record<string, string>> = {
  database: databaseQueryDuration.name,
  'key-value': keyValueCommandDuration.name,
  objects: objectStoreCommandDuration.name,
};

const storeFailing: FailuresProof = ({ labels: { namespace = '', service = '', store = '' }, threshold }) => {
  const asked = (outcome: string, values: string, of = service) =>
    scraped(
      `${metrics[store]}_count`,
      { namespace, service: of, pod: 'a', statement: 's', command: 'c', outcome },
      values,
    );
  return failuresProof(threshold, (failed, well) => [asked('error', failed), asked('ok', well)], [
    { what: 'of another service', series: [asked('error', '0+9x60', 'other'), asked('ok', '0+9x60')], until: 60 },
  ]);
};

const databaseConnectionsExhausted: ProofOf<number> = ({ labels: { namespace = '', service = '' }, threshold }) => {
  const of = (state: string, values: string) =>
    scraped(databaseConnections.name, { namespace, service, pod: 'a', state }, values);
  return {
    fires: [{ what: 'they wait all the time', series: [of('waiting', `${threshold}x30`)] }],
    silent: [
      { what: 'now and then', series: [of('waiting', `${'9 0 '.repeat(20)}0`)], until: 40 },
      { what: 'fewer', series: [of('waiting', `${threshold - 1}x30`)], until: 30 },
      { what: 'all are busy', series: [of('busy', '20x30'), of('waiting', '0x30')], until: 30 },
    ],
  };
};

export const storeProofs = {
  StoreFailing: storeFailing,
  DatabaseConnectionsExhausted: databaseConnectionsExhausted,
};
