import { type Duration, podLimits, type Scaling } from '../../src/model/index.ts';
import { type ProofOf, type ProvedRule, rising, scraped, tooShort } from './proof.ts';

const hpa = (
  { labels: { namespace = '', service = '' } }: ProvedRule<unknown>,
  name: string,
  values: string,
  labels = {},
) =>
  scraped(`kube_horizontalpodautoscaler_${name}`, { namespace, horizontalpodautoscaler: service, ...labels }, values);

const autoscalerAtMaximum: ProofOf<Duration> = (rule) => {
  const { max } = podLimits(rule.scaling as Scaling);
  const most = hpa(rule, 'spec_max_replicas', `${max}x60`);
  const wants = (values: string) => hpa(rule, 'status_desired_replicas', values);
  return {
    fires: [{ what: 'as many as it may have', series: [most, wants(`${max}x60`)] }],
    silent: [
      { what: 'one fewer', series: [most, wants(`${max - 1}x60`)], until: 60 },
      { what: 'for a peak', series: [most, wants(tooShort(rule.threshold, max, max - 1))], until: 30 },
    ],
  };
};

const autoscalerFailing: ProofOf<Duration> = (rule) => {
  const { namespace = '', service = '' } = rule.labels;
  const failing = (values: string) =>
    hpa(rule, 'status_condition', values, { condition: 'ScalingActive', status: 'false' });
  const wants = (pods: number) =>
    scraped('kube_deployment_spec_replicas', { namespace, deployment: service }, `${pods}x60`);
  return {
    fires: [{ what: 'it knows no measure', series: [failing('1x60'), wants(2)] }],
    silent: [
      { what: 'it knows one', series: [failing('0x60'), wants(2)], until: 60 },
      { what: 'it is switched off, as there are no pods', series: [failing('1x60'), wants(0)], until: 60 },
      { what: 'it is back in time', series: [failing(tooShort(rule.threshold, 1, 0)), wants(2)], until: 30 },
      {
        what: 'it is limited',
        series: [hpa(rule, 'status_condition', '1x60', { condition: 'ScalingLimited', status: 'false' }), wants(2)],
        until: 60,
      },
    ],
  };
};

const scaledObjectFailing: ProofOf<Duration> = ({ labels: { namespace = '', service = '' } }) => {
  const errors = (values: string, scaledObject = service) =>
    scraped('keda_scaled_object_errors_total', { namespace, scaledObject }, values);
  return {
    fires: [
      { what: 'at each look', series: [errors(rising(4, 60))], since: 1 },
      { what: 'from the first look on', series: [errors('0x9 0+4x60')], since: 11 },
    ],
    silent: [
      { what: 'never', series: [errors('7x60')], until: 60 },
      { what: 'for a moment', series: [errors('0 4 8 8x60')], until: 60 },
      { what: 'another one', series: [errors(rising(4, 60), 'other')], until: 60 },
    ],
  };
};

export const scalingProofs = {
  AutoscalerAtMaximum: autoscalerAtMaximum,
  AutoscalerFailing: autoscalerFailing,
  ScaledObjectFailing: scaledObjectFailing,
};
