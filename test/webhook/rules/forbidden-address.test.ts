/** What a webhook may reach: the public internet, and nothing else. */
import { describe, expect, it } from 'vitest';
import { problemOfUrl } from '../../../src/webhook/rules/check-url.js';
import { isForbiddenAddress } from '../../../src/webhook/rules/forbidden-address.js';

const FORBIDDEN = {
  'this host': ['0.0.0.0', '0.1.2.3', '::'],
  loopback: ['127.0.0.1', '127.255.255.254', '::1'],
  private: ['10.0.0.1', '10.255.255.255', '172.16.0.1', '172.31.255.255', '192.168.0.1'],
  'link-local and metadata': ['169.254.0.1', '169.254.169.254', '169.254.170.2', 'fe80::1'],
  'metadata elsewhere': ['fd00:ec2::254', '100.100.100.200', '168.63.129.16', '192.0.0.192'],
  'carrier-grade NAT': ['100.64.0.1', '100.127.255.255'],
  'unique local': ['fc00::1', 'fd12:3456:789a::1'],
  'deprecated site-local': ['fec0::1'],
  'IPv4 in IPv6': [
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '::ffff:8.8.8.8',
    '::127.0.0.1',
    '::ffff:0:127.0.0.1',
    '::ffff:7f00:1',
  ],
  'IPv4 behind a translator or tunnel': [
    '64:ff9b::127.0.0.1',
    '64:ff9b::a00:1',
    '64:ff9b:1::1',
    '2002:7f00:1::1',
    '2002:a00:1::1',
    '2001::1',
  ],
  'documentation and benchmarks': [
    '192.0.2.1',
    '198.51.100.1',
    '203.0.113.1',
    '198.18.0.1',
    '2001:db8::1',
    '2001:2::1',
    '3fff::1',
  ],
  'multicast and broadcast': ['224.0.0.1', '239.255.255.250', '255.255.255.255', 'ff02::1'],
  'reserved and not routed': ['240.0.0.1', '192.88.99.1', '100::1', '4000::1', '5f00::1'],
  'no address at all': ['', 'example.org', '2130706433', '0x7f.1', '0177.0.0.1', '127.1', '1.2.3'],
  'with a zone': ['fe80::1%eth0', '2606:4700::1111%eth0'],
} as const;

const ALLOWED = ['1.1.1.1', '8.8.8.8', '93.184.216.34', '172.15.0.1', '172.32.0.1', '100.63.0.1'];
const ALLOWED_V6 = ['2606:4700::1111', '2a00:1450:4001::1', '2400:cb00::1'];

describe('the addresses that webhooks may reach', () => {
  const table = Object.entries(FORBIDDEN).flatMap(([kind, all]) =>
    all.map((address) => [kind, address] as const),
  );

  it('are tried with forty forbidden ones at least', () => {
    expect(table.length).toBeGreaterThanOrEqual(40);
  });

  it.each(table)('are not %s: %s', (_kind, address) => {
    expect(isForbiddenAddress(address)).toBe(true);
  });

  it.each([...ALLOWED, ...ALLOWED_V6])('are public: %s', (address) => {
    expect(isForbiddenAddress(address)).toBe(false);
  });
});

describe('the URLs that an endpoint may have', () => {
  const refused: readonly [string, RegExp][] = [
    ['http://example.org/', /https/],
    ['ftp://example.org/', /https/],
    ['file:///etc/passwd', /https/],
    ['gopher://example.org/', /https/],
    ['example.org', /https/],
    ['', /https/],
    ['https://user:secret@example.org/', /user or password/],
    ['https://user@example.org/', /user or password/],
    ['https://example.org/#part', /fragment/],
    ['https://example.org:6379/', /port/],
    ['https://example.org:22/', /port/],
    ['https://example.org:80/', /port/],
    [`https://example.org/${'x'.repeat(2_048)}`, /characters/],
    ['https://localhost/', /public/],
    ['https://LOCALHOST/', /public/],
    ['https://localhost./', /public/],
    ['https://metadata/', /public/],
    ['https://metadata.google.internal/', /public/],
    ['https://printer.local/', /public/],
    ['https://api.shop.lan/', /public/],
    ['https://a.localhost/', /public/],
    ['https://127.0.0.1/', /public/],
    ['https://127.1/', /public/],
    ['https://2130706433/', /public/],
    ['https://0x7f000001/', /public/],
    ['https://0177.0.0.1/', /public/],
    ['https://①②⑦.0.0.1/', /public/],
    ['https://127.0.0.1./', /public/],
    ['https://169.254.169.254/latest/meta-data/', /public/],
    ['https://[::1]/', /public/],
    ['https://[::ffff:127.0.0.1]/', /public/],
    ['https://[fd00:ec2::254]/', /public/],
    ['https://10.0.0.8:8443/', /public/],
  ];
  it.each(refused)('are not %s', (url, why) => {
    expect(problemOfUrl(url, [])).toMatch(why);
  });

  it.each([
    'https://example.org/',
    'https://hooks.example.org:8443/coupons?shop=1',
    'https://93.184.216.34/',
    'https://[2606:4700::1111]/',
    'https://例子.测试.cn/',
  ])('may be %s', (url) => {
    expect(problemOfUrl(url, [])).toBeUndefined();
  });

  it('may be of a host that the deployment trusts, over HTTP and on any port', () => {
    const trusted = ['notices.shop.svc', '127.0.0.1'];
    expect(problemOfUrl('http://notices.shop.svc:9000/', trusted)).toBeUndefined();
    expect(problemOfUrl('http://127.0.0.1:9000/', trusted)).toBeUndefined();
    expect(problemOfUrl('http://other.shop.svc:9000/', trusted)).toMatch(/https/);
    expect(problemOfUrl('http://user:x@127.0.0.1/', trusted)).toMatch(/user/);
    expect(problemOfUrl('file://127.0.0.1/etc/passwd', trusted)).toMatch(/https/);
  });
});
