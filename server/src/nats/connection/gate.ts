/** Lets everybody through while it is open, and makes them wait while it is closed. It is closed at first. */
export class Gate {
  private readonly waiting = new Set<() => void>();
  private isOpen = false;

  open(): void {
    this.isOpen = true;
    for (const pass of this.waiting) pass();
    this.waiting.clear();
  }

  close(): void {
    this.isOpen = false;
  }

  /** Whether it was open, or opened within the time. */
  async passed(withinMs: number): Promise<boolean> {
    if (this.isOpen) return true;
    return new Promise((resolve) => {
      const pass = () => {
        clearTimeout(timer);
        resolve(true);
      };
      const timer = setTimeout(() => {
        this.waiting.delete(pass);
        resolve(false);
      }, withinMs);
      this.waiting.add(pass);
    });
  }
}
