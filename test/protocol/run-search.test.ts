import { describe, expect, it } from 'vitest';
import { readReport } from './run-search.js';

const END = 'State-vector 180 byte, depth reached 61, errors: 0\n   362335 states, stored\n';

describe('the report of a search', () => {
  it('says that the protocol holds only where every state was visited', () => {
    expect(readReport(END)).toMatchObject({ verdict: 'holds', states: 362_335, depth: 61 });
  });

  it.each([
    ['it had no memory left', `pan: reached -DMEMLIM bound\n${END}`],
    ['it could not go deeper', `error: max search depth too small\n${END}`],
    ['it was ended', 'Depth= 40 States= 1e+06'],
    ['it never began', ''],
    ['it fails without a reason that we know', END.replace('errors: 0', 'errors: 1')],
  ])('is unfinished where %s', (_, output) => {
    expect(readReport(output).verdict).toBe('unfinished');
  });

  it('names the promise that was broken', () => {
    const output = `pan:1: assertion violated (issued<=1) (at depth 29)\n${END.replace('errors: 0', 'errors: 1')}`;
    expect(readReport(output)).toMatchObject({
      verdict: 'violated',
      reason: 'assertion violated (issued<=1)',
    });
  });
});
