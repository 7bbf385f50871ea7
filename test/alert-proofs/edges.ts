import { clientRequests } from '../../src/model/index.ts';
import { type FailuresProof, failuresProof } from './failures.ts';
import { type ProvedRule, rising, scraped } from './proof.ts';

const attempts = (
  { labels: { namespace = '', service = '' } }: ProvedRule<unknown>,
  peer: string,
  outcome: string,
  values: string,
) => scraped(clientRequests.name, { namespace, service, pod: 'a', peer, outcome }, values);

const edgeFailing: FailuresProof = (rule) => {
  const peer = rule.service?.calls[0]?.contract.name ?? '';
  return failuresProof(
    rule.threshold,
    (failed, well) => [attempts(rule, peer, 'timeout', failed), attempts(rule, peer, 'ok', well)],
    [
      { what: 'answers that say no', series: [attempts(rule, peer, 'status', rising(9, 60))], until: 60 },
      { what: 'what it does not call', series: [attempts(rule, 'other', 'timeout', rising(9, 60))], until: 60 },
    ],
  );
};

const outsideFailing: FailuresProof = (rule) => {
  const peer = Object.keys(rule.service?.outside ?? {})[0] ?? '';
  return failuresProof(
    rule.threshold,
    (failed, well) => [attempts(rule, peer, 'status', failed), attempts(rule, peer, 'ok', well)],
    [{ what: 'another API', series: [attempts(rule, 'other', 'timeout', rising(9, 60))], until: 60 }],
  );
};

export const edgeProofs = { EdgeFailing: edgeFailing, OutsideFailing: outsideFailing };
