import { type LogLevel, severities } from '../../../model/index.ts';

/** Keeps log lines instead of printing them. */
export class LogLines {
  text = '';

  write(line: string): void {
    this.text += line;
  }

  /** The lines as objects. */
  all(): Record<string, unknown>[] {
    return this.text
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  }

  /** The lines of one event. */
  of(body: string): Record<string, unknown>[] {
    return this.all().filter((line) => line['body'] === body);
  }

  /** The lines of a level. */
  at(level: LogLevel): Record<string, unknown>[] {
    return this.all().filter((line) => line['severity_text'] === severities[level].severity_text);
  }
}
