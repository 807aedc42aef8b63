/** One direction of a link through the proxy: its bytes, and at last its end, in order. */
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Toxic } from './tcp-proxy.js';

export interface LaneRules {
  readonly toxic: () => Toxic | undefined;
  /** Nothing may pass now. */
  readonly isHeld: () => boolean;
  /** Asked of each piece; 'half': half of it passes, then the link is cut. */
  readonly before: () => 'pass' | 'half';
  readonly after: () => void;
}

interface Piece {
  /** undefined: the end. */
  readonly bytes: Buffer | undefined;
  readonly dueMs: number;
}

const DRIP_BYTES = 512;

export class Lane {
  private readonly pieces: Piece[] = [];
  private isPumping = false;

  constructor(
    from: Socket,
    private readonly to: Socket,
    private readonly rules: LaneRules,
  ) {
    from.on('data', (bytes) => this.push(bytes));
    from.on('error', () => undefined);
    from.on('close', () => this.push(undefined));
  }

  poke(): void {
    void this.pump();
  }

  private push(bytes: Buffer | undefined): void {
    const toxic = this.rules.toxic();
    const lateMs =
      toxic?.kind === 'latency' ? toxic.ms + (Math.random() * 2 - 1) * toxic.jitterMs : 0;
    this.pieces.push({ bytes, dueMs: performance.now() + lateMs });
    this.poke();
  }

  private async pump(): Promise<void> {
    if (this.isPumping) return;
    this.isPumping = true;
    for (;;) {
      const [piece] = this.pieces;
      if (piece === undefined || this.rules.isHeld()) break;
      const waitMs = piece.dueMs - performance.now();
      if (waitMs > 0) {
        await sleep(waitMs);
        continue; // The toxic may be another one by now.
      }
      this.pieces.shift();
      await this.deliver(piece.bytes);
    }
    this.isPumping = false;
  }

  private async deliver(bytes: Buffer | undefined): Promise<void> {
    const { to, rules } = this;
    if (bytes === undefined) {
      to.end();
      return;
    }
    if (rules.before() === 'half') {
      to.end(bytes.subarray(0, Math.floor(bytes.length / 2)));
      this.pieces.length = 0;
      return;
    }
    const toxic = rules.toxic();
    if (toxic?.kind !== 'drip') to.write(bytes);
    else
      for (let from = 0; from < bytes.length; from += DRIP_BYTES) {
        to.write(bytes.subarray(from, from + DRIP_BYTES));
        await sleep((1_000 * DRIP_BYTES) / toxic.bytesPerS);
      }
    rules.after();
  }
}
