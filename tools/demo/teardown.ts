interface Step {
  readonly name: string;
  readonly close: () => Promise<unknown>;
  /** Ends it at once, for those who press Ctrl-C twice. */
  readonly kill?: () => void;
}

/** What was begun, ended in the opposite order. */
export class Teardown {
  private readonly steps: Step[] = [];

  add(step: Step): void {
    this.steps.push(step);
  }

  /** Ends all of it, whatever becomes of the parts; answers with what went wrong. */
  async run(log: (line: string) => void): Promise<string[]> {
    const troubles: string[] = [];
    for (let step = this.steps.at(-1); step !== undefined; step = this.steps.at(-1)) {
      try {
        await step.close();
        log(`${step.name}: stopped`);
      } catch (error) {
        troubles.push(`${step.name}: ${error instanceof Error ? error.message : String(error)}`);
      }
      this.steps.pop();
    }
    return troubles;
  }

  kill(): void {
    for (const { kill } of this.steps) kill?.();
  }
}
