import { kitPaths, metricsPort } from '../model/index.ts';

const howItEnds = '[How a pod ends](../guide/operations.md#how-a-pod-ends).';

/**
 * What keys of declarations lead to in the running app and in the manifests, and what they are where their comments do not say it. By the path that stands
 * in the reference.
 */
export const effects: Readonly<Record<string, string>> = {
  'contract.name':
    "Also the image's name, and the label `app.kubernetes.io/name` by which everything selects its pods.",
  'contract.port': `Not ${metricsPort}, where the metrics are.`,
  'contract.routes.*.method': 'Written by the functions `get`, `post`, `put`, `patch` and `del`.',
  'contract.routes.*.path': `Not ${Object.values(kitPaths)
    .map((path) => `\`${path}\``)
    .join(', ')}: [every service has these](../guide/operations.md#what-a-pod-serves).`,
  'contract.routes.*.exposed':
    'The Ingress or HTTPRoute of an entrance lets these through, and synth refuses one that would let another through with them.',
  'contract.routes.*.params': "Exactly the path's own.",
  'contract.routes.*.user': 'The app says whose tokens, by `authenticate` of the kit.',
  'contract.routes.*.body': 'None for GET and DELETE. [Files](../guide/data.md#files-as-bodies).',
  'service.contract': 'What `defineContract` returned.',
  'service.owner': 'The label `trellis.dev/owner` of all its objects.',
  'service.description': 'In `/openapi.json`, and the annotation `trellis.dev/description` of its Deployment.',
  'service.calls':
    'Each is a contract alone, or `callTo(contract, { ... })`. The variable `<NAME>_URL` carries where it is.',
  'service.calls[].contract': 'Of another service of the same system.',
  'service.calls[].waits':
    'The variable `<NAME>_COLD_START` says how long, in the environments where the other may be idle; elsewhere it is `0s`.',
  'service.outside': 'Egress to the internet, but not to the private networks of the environment.',
  'service.uses': '[How to use each, and what a service is told](../guide/data.md).',
  'service.uses.database': 'The variable `DATABASE_URL`, of a Secret.',
  'service.uses.database postgres.connections':
    'Times the pods at most, it counts towards the `connections` of a Postgres in the cluster.',
  'service.uses.database postgres.statementTimeout': 'Past it the answer is 503. Migrations are not limited.',
  'service.uses.keyValue': 'The variable `REDIS_URL`, of a Secret.',
  'service.uses.objects':
    'The variable `OBJECTS_URL`, and `OBJECTS_ACCESS_KEY_ID` and `OBJECTS_SECRET_ACCESS_KEY` of a Secret.',
  'service.env':
    'The `env` of the container; parsed when the app starts. One without a default must have a value in the `overrides` of each environment.',
  'service.metrics': 'Not named `http_...`, `nodejs_...` or `process_...`, which the kit and Node have.',
  'service.scaling': 'A PodDisruptionBudget lets one pod at a time be evicted, whatever the kind.',
  'service.scaling fixed.replicas': '`replicas` of the Deployment.',
  'service.scaling cpu.min': '`minReplicas` of the HorizontalPodAutoscaler; the Deployment has no `replicas`.',
  'service.scaling cpu.max': '`maxReplicas`. At least `min`.',
  'service.resources': '[Why these numbers](../guide/resources.md).',
  'service.resources.cpuLimit': 'At least `cpu`.',
  'service.resources.memoryLimit': 'At least `memory`.',
  'service.resources.ephemeralStorage': 'Also the size of `/tmp`, the one place where it can write.',
  'service.lifecycle': howItEnds,
  'service.lifecycle.startup': 'The start-up probe fails so often at most, once a second.',
  'service.slo':
    'Recording rules, and alerts on how fast the budget burns: `AvailabilityBudgetBurning`, `LatencyBudgetBurning` and `FewRequestsMostFail`. [What counts, and why](../adr/012-slo-and-alerts.md).',
  'service.bodyLimit': 'Past it the answer is 413.',
  'service.shedAbove': 'The probes are never shed.',
  'service.metrics.* counter.name': 'With `_total` at its end.',
  'service.metrics.* gauge.name': 'Without `_total` at its end.',
  'service.metrics.* histogram.name': 'Without `_total` at its end, with the unit: `..._seconds`.',
  'system.name': 'Not `default` and not `kube-...`.',
  'system.services': 'What `defineService` returned. A service that one of them calls is among them.',
  'system.entrances[].nodePort':
    '[Without a gateway it opens more than the exposed routes](../guide/operations.md#node-ports).',
  'environment.quotas': '[What a namespace may take](../guide/operations.md#what-a-namespace-may-take).',
  'environment.images':
    '`REPOSITORY/APP:TAG` is the image of an app: [building and pushing](../guide/operations.md#images).',
  'environment.images.pullPolicy': '`imagePullPolicy` of every container.',
  'environment.images.pullSecrets': 'They must exist in the namespace of each system.',
  'environment.exposure': 'Each kind once.',
  'environment.gateways': '[What it does](../guide/operations.md#the-gateway).',
  'environment.monitoring': '[What needs it](../guide/operations.md#what-the-cluster-needs).',
  'environment.requestLogs': '[Which lines are left out](../guide/logs.md#the-lines-of-requests-while-all-is-well).',
  'environment.tracing': '[What is in a trace](../guide/traces.md).',
  'environment.dns (2).address': 'Of the node, such as that of NodeLocal DNSCache.',
  'environment.stores': '[What each needs and what it is worth](../guide/data.md#where-an-environment-keeps-data).',
  'environment.stores.database postgres.image':
    'Another major version reads no data of this one: [dump and restore](../guide/data.md#known-limits).',
  'environment.stores.database postgres.storage': '[Growing a volume](../guide/data.md#growing-a-volume).',
  'environment.overrides.*.*.env': "Of the kit's own variables only `LOG_LEVEL` and `LOG_REQUESTS`.",
};
