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

  /** The lines with this message. */
  of(message: string): Record<string, unknown>[] {
    return this.all().filter((line) => line['msg'] === message);
  }
}
