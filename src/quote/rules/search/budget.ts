/**
 * What a search may spend, in nodes, and what it knows of the branches it left for want of them.
 * Nodes are counted, not timed: the same input stops at the same place on every machine.
 */
export class Budget {
  nodes = 0;
  isSpent = false;
  /** The largest bound of an abandoned branch; 0 while there is none. */
  abandonedMinor = 0;

  constructor(private readonly nodeLimit: number) {}

  /** Counts one node; false if there is none left, and then the branch must be abandoned. */
  spend(): boolean {
    if (this.nodes >= this.nodeLimit) return false;
    this.nodes += 1;
    return true;
  }

  /** Remembers that a branch which could save so much was not searched. */
  abandon(boundMinor: number): void {
    this.isSpent = true;
    this.abandonedMinor = Math.max(this.abandonedMinor, boundMinor);
  }
}
