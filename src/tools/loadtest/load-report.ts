import { z } from 'zod';

const rate = z.number().nonnegative();
const quantiles = z.object({ p50: z.number(), p95: z.number(), p99: z.number(), max: z.number() });
/** What did not go well, by its status or its reason, and how often. */
const failures = z.record(z.string(), z.int().positive());

const counts = z.object({
  /** Requests that were to be sent. */
  asked: z.int(),
  /** Answers, of whatever status. */
  answered: z.int(),
  /** Requests without an answer, and answers from 400 on. */
  failed: z.int(),
});

const declared = z.object({
  kind: z.string(),
  /** For a scaling by requests alone the pods up to so many requests each second; null stands for any number. @default - requests alone do not decide */
  table: z.array(z.object({ upTo: rate.nullable(), pods: z.int() })).nullable(),
});

/** Null of either: nothing is promised, and it is not judged. */
const promised = z.object({
  /** The part of its requests that may fail at most. */
  errors: z.number().nullable(),
  /** The part of its answers that takes so many milliseconds at most. */
  latency: z.object({ quantile: z.number(), below: z.number() }).nullable(),
});

const service = z.object({
  /** Its part of the requests from outside. */
  share: z.number(),
  /** By its SLO in the environment, or as whoever called the test said. @default - nothing, as of reports of before */
  promised: promised.default({ errors: null, latency: null }),
  declared,
  /** The pods that it was said to have all the while. @default - nothing was said */
  expected: z.int().nullable(),
  /** Why its pods are not held against what it declares. Null where they are. */
  notJudged: z.string().nullable(),
});

const phase = z.object({
  name: z.string(),
  kind: z.enum(['level', 'ramp', 'down']),
  /** Requests each second at its start and at its end, as they were planned. */
  from: rate,
  to: rate,
  /** Seconds since the start of the test. */
  startsAt: z.number(),
  endsAt: z.number(),
  /** Whether it was ended before its time by whoever started it. */
  interrupted: z.boolean(),
});

const sample = counts.extend({
  /** Seconds since the start of the test, at its end. */
  at: z.number(),
  /** Seconds that it covers. */
  seconds: z.number(),
  /** Milliseconds from when a request was to be sent until its answer was there. Null where none was answered. */
  latency: quantiles.nullable(),
  services: z.record(z.string(), counts),
});

const pods = z.object({
  /** Seconds since the start of the test. */
  at: z.number(),
  services: z.record(
    z.string(),
    z.object({
      ready: z.int(),
      /** What the Deployment wants. */
      wanted: z.int(),
      /** What its HorizontalPodAutoscaler, of KEDA too, would have. Null without one. */
      desired: z.int().nullable(),
      /** What it is to have at the requests that are asked at that time. Null where its pods are not judged. */
      declared: z.int().nullable(),
      /** Thousandths of a processor, by pod, as metrics-server has measured them last. */
      cpu: z.record(z.string(), z.number()),
    }),
  ),
});

const check = z.object({
  what: z.enum(['pods', 'errors', 'latency', 'rate']),
  /** @default - it is of all of them */
  service: z.string().nullable(),
  allowed: z.string(),
  got: z.string(),
  /** Null where it could not be judged, as `got` says. */
  passed: z.boolean().nullable(),
});

const result = counts.extend({
  /** The name of the phase. */
  phase: z.string(),
  /** Those of each service that was asked. @default - none, as of reports of before */
  services: z
    .record(
      z.string(),
      counts.extend({
        failures,
        /** Milliseconds that the promised part of its answers other than 5xx took at most. Null where there was none, or nothing is promised. */
        promised: z.number().nullable(),
      }),
    )
    .default({}),
  failures,
  latency: quantiles.nullable(),
  /** Seconds from the start of the phase until a service had its declared pods Ready and kept them. Null where it never did, or has no such number. */
  settledAfter: z.record(z.string(), z.number().nullable()),
  checks: z.array(check),
});

/** All that a load test has seen: what its page is drawn from, and what a simulation of scaling may be held against. */
export const loadReport = z.object({
  version: z.literal(1),
  system: z.string(),
  environment: z.string(),
  profile: z.enum(['steps', 'ramp', 'soak']),
  startedAt: z.iso.datetime(),
  /** How the tool was called, without its name. */
  called: z.array(z.string()),
  /** Where the requests went. */
  origins: z.array(z.string()),
  /** The context of kubectl, or why no pods were followed. */
  cluster: z.union([z.object({ context: z.string() }), z.object({ none: z.string() })]),
  interrupted: z.boolean(),
  services: z.record(z.string(), service),
  routes: z.array(counts.extend({ service: z.string(), name: z.string(), failures, latency: quantiles.nullable() })),
  phases: z.array(phase),
  samples: z.array(sample),
  pods: z.array(pods),
  results: z.array(result),
  passed: z.boolean(),
});

export type LoadReport = z.output<typeof loadReport>;
