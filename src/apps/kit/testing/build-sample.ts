import { type BuiltApp, buildApp, defineApp, type Handlers } from '../index.ts';
import { LogLines } from './log-lines.ts';
import { type SampleKit, sampleHandlers, sampleService } from './sample-app.ts';
import type { sampleContract } from './sample-contract.ts';

/** The least environment with which the sample starts. */
export const sampleEnv = { OTHER_URL: 'http://127.0.0.1:1', SAMPLE_KEY: 'key-of-the-sample' };

/** The sample app in memory, with its kit and its log lines. Closed at the end of the scope. */
export interface BuiltSample extends BuiltApp<typeof sampleService>, AsyncDisposable {
  readonly kit: SampleKit;
  readonly lines: LogLines;
}

/** @param handlers what differs from the sample's handlers */
export async function buildSample(
  props: {
    env?: Record<string, string>;
    handlers?: Partial<Handlers<typeof sampleContract>>;
    setup?: (kit: SampleKit) => void;
  } = {},
): Promise<BuiltSample> {
  const lines = new LogLines();
  let kit: SampleKit | undefined;
  const app = defineApp(sampleService, async (given) => {
    kit = given;
    props.setup?.(given);
    return { ...sampleHandlers(given), ...props.handlers };
  });
  const built = await buildApp(app, { env: { ...sampleEnv, ...props.env }, logTo: lines });
  if (!kit) throw new Error('setup did not run');
  return { ...built, kit, lines, [Symbol.asyncDispose]: () => built.close() };
}
