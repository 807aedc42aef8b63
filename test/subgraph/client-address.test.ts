/** Which entry of X-Forwarded-For is believed. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forwardedAddress } from '../../src/subgraph/client-address.js';

const told = (header: string | undefined, hops: number) =>
  forwardedAddress(header === undefined ? {} : { 'x-forwarded-for': header }, hops);

describe('the address of a customer', () => {
  it('is the entry of the proxy that is as many hops away as are ours', () => {
    expect(told('203.0.113.7', 1)).toBe('203.0.113.7');
    expect(told('203.0.113.7, 10.0.0.1', 2)).toBe('203.0.113.7');
    expect(told('203.0.113.7, 10.0.0.1', 1)).toBe('10.0.0.1');
  });

  it('is not what the customer wrote into the header before', () => {
    const forged = fc.array(fc.string(), { maxLength: 5 });
    fc.assert(
      fc.property(forged, fc.integer({ min: 1, max: 3 }), (lies, hops) => {
        const ours = ['198.51.100.9', ...Array.from({ length: hops - 1 }, (_, i) => `10.0.0.${i}`)];
        expect(told([...lies, ...ours].join(', '), hops)).toBe('198.51.100.9');
      }),
    );
  });

  it('is not known without the header, without proxies, or with fewer entries than proxies', () => {
    expect(told(undefined, 1)).toBeNull();
    expect(told('203.0.113.7', 0)).toBeNull();
    expect(told('203.0.113.7', 2)).toBeNull();
    expect(told('', 1)).toBeNull();
    expect(told('203.0.113.7, ', 1)).toBeNull();
  });

  it.each([
    ['203.0.113.7:4711', '203.0.113.7'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['2001:db8::1', '2001:db8::1'],
  ])('may be written as %s', (written, address) => {
    expect(told(written, 1)).toBe(address);
  });
});
