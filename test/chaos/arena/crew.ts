/**
 * Keeps a number of service processes running: one that ends is started again, until the crew is dismissed.
 * Who ends without being asked to is a violation of its own.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  startServiceProcess,
  type Exit,
  type Preload,
  type ServiceProcess,
} from './service-process.js';

/** What one life of a seat is started with. */
export interface Life {
  readonly main: string;
  readonly env: Readonly<Record<string, string>>;
  readonly preload?: readonly Preload[];
}

export interface CrewOptions {
  /** One process for each name. */
  readonly seats: readonly string[];
  /** Asked before each start. */
  readonly life: (seat: string) => Life;
  /** Whether customers ask this one; every one unless said otherwise. */
  readonly answers?: (seat: string) => boolean;
  /** Told first of all. */
  readonly onHired?: (crew: Crew) => void;
  /** Told of each start and each end. */
  readonly onStart?: (process: ServiceProcess) => void;
  readonly onExit?: (process: ServiceProcess, exit: Exit) => void;
}

const DRAIN_MS = 15_000;
const RESTART_PAUSE_MS = 200;

export class Crew {
  private readonly now = new Map<string, ServiceProcess>();
  private readonly seats: Promise<void>[];
  private isDismissed = false;
  private readonly asked = new WeakSet<ServiceProcess>();
  private readonly retired = new WeakSet<ServiceProcess>();
  /** Processes that ended by themselves, with their last words. */
  readonly surprises: string[] = [];

  constructor(private readonly options: CrewOptions) {
    options.onHired?.(this);
    this.seats = options.seats.map((seat) => this.keep(seat));
  }

  /** Of the processes that are ready and answer. */
  urls(): string[] {
    const { answers = () => true } = this.options;
    return this.atWork().flatMap((process) => (answers(process.name) ? process.url()! : []));
  }

  process(seat: string): ServiceProcess {
    const process = this.now.get(seat);
    if (process === undefined) throw new Error(`nobody has the seat ${seat}`);
    return process;
  }

  /** Resolves when every seat has a process that is ready. */
  async ready(): Promise<void> {
    while (this.atWork().length < this.options.seats.length && !this.isDismissed) await sleep(20);
  }

  /** A signal that ends it; whoever asks in turn asks it no more. */
  endProcess(process: ServiceProcess, signal: NodeJS.Signals): void {
    this.asked.add(process);
    process.signal(signal);
  }

  /** Nobody sends it anything new: what a balancer does before it stops a process. */
  retire(process: ServiceProcess): void {
    this.retired.add(process);
  }

  /** It will end itself: see preload/crash-at.mjs. */
  expectEnd(process: ServiceProcess): void {
    this.asked.add(process);
  }

  /** SIGTERM to all; who does not drain in time is killed. */
  async dismiss(): Promise<void> {
    if (this.isDismissed) return;
    this.isDismissed = true;
    for (const process of this.now.values()) {
      this.asked.add(process);
      process.signal('SIGCONT');
      process.signal('SIGTERM');
    }
    const late = setTimeout(() => {
      for (const process of this.now.values()) {
        this.surprises.push(`${process.name} did not drain within ${DRAIN_MS} ms`);
        process.signal('SIGKILL');
      }
    }, DRAIN_MS);
    await Promise.all(this.seats);
    clearTimeout(late);
  }

  /** Ready, and not retired. */
  private atWork(): ServiceProcess[] {
    return [...this.now.values()].filter(
      (process) => process.url() !== undefined && !this.retired.has(process),
    );
  }

  private async keep(seat: string): Promise<void> {
    while (!this.isDismissed) {
      const process = startServiceProcess({ name: seat, ...this.options.life(seat) });
      this.now.set(seat, process);
      this.options.onStart?.(process);
      const exit = await process.exit;
      this.now.delete(seat);
      this.options.onExit?.(process, exit);
      // Killed, or ended in good order.
      if (this.asked.has(process) && (exit.code ?? 0) === 0) continue;
      this.surprises.push(
        [`${seat} ended by itself (${exit.code ?? exit.signal})`, ...process.lastWords()].join(
          '\n  ',
        ),
      );
      await sleep(RESTART_PAUSE_MS);
    }
  }
}
