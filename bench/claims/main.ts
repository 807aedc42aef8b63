/**
 * Durable claims through HTTP, beside what the same machine does without durability, without this service,
 * and in the way of textbooks. Rounds of all lanes are interleaved in one run, and what counts are their
 * ratios: machines differ, and are noisy. Its servers are its own.
 *
 *   npm run bench:claims               7 rounds of 6 s of each lane
 *   npm run bench:claims -- --quick    3 rounds of 2 s, under two minutes
 *   npm run bench:claims -- --write    puts the table into docs/performance.md
 *   … --lane durable --lane constant   some of the lanes
 *
 * The last line is JSON.
 */
import 'reflect-metadata';
import { playLanes } from '../kit/play-lanes.js';
import { playRound } from './rounds.js';
import { openStage } from './stage.js';
import { WORDS } from './words.js';

await playLanes({
  words: WORDS,
  connections: 128,
  // The compiler of Node is busy with what all lanes share for more than that.
  warmUpSeconds: 10,
  openStage,
  play: playRound,
});
