// The server's clock, as far as the page can know it. Countdowns follow it, never the browser's.

/**
 * Milliseconds that the browser's clock is ahead of the server's.
 *
 * Each event bears the server's time. The smallest difference seen since the last start is the
 * nearest to the truth: every other one holds some transport time as well.
 */
export class ServerClock {
  private ahead: number | null = null;

  restart(): void {
    this.ahead = null;
  }

  observe(serverTime: number, localTime: number): void {
    if (Number.isNaN(serverTime)) return;
    const ahead = localTime - serverTime;
    this.ahead = this.ahead === null ? ahead : Math.min(this.ahead, ahead);
  }

  /** The server's time in milliseconds, given the browser's. */
  at(localTime: number): number {
    return localTime - (this.ahead ?? 0);
  }

  now(): number {
    return this.at(Date.now());
  }
}

export const serverClock = new ServerClock();
