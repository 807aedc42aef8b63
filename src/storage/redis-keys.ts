/**
 * Every key the service has in Redis. Keys of one template share the hash tag {tpl:ID}, so that a
 * script finds them on one node of a cluster; no script crosses two tags.
 *
 *   {tpl:ID}:gate      hash    epoch, run, history, stock, limit, draw, seq: what admission needs (absent: rebuild);
 *                              of a split template also moves, lent, lentAt: units on their way between parts
 *   {tpl:ID}:takers    hash    user -> "slot,key,coupon;…": who has what, by which idempotency key;
 *                              "" -> "": they are those that were opened with the gate
 *   {tpl:ID}:journal   stream  reservations that are not yet committed and settled
 *   {tpl:ID}:draws     list    draw numbers that came back (red packets)
 *   {tpl:ID:k}:…       the four above of part k of a split template, k from 1; part 0 has them under its id
 *   {tpl:ID}:rebuild   string  who rebuilds the four above, of all parts, with a lease
 *   {tpl:ID}:row:V     string  the template as MySQL has it, for half a second; V goes up with its shape, since
 *                              the version before runs beside this one and would leave rows without new fields
 *   tplv:ID:VERSION    string  one immutable version of a template's rules
 *   open-journals      set     gates (ID or ID:k) whose journal may hold entries
 *   quote:ID           string  a stored quote
 *   {net:H}:claims:ID  zset    claims from a network of a template that were let in -> when
 *   {net:H}:seen       zset    claims from a network -> when last seen
 *   {dev:H}:claims     zset    claims from a device that were let in -> when; likewise seen
 *   {dev:H}:users      zset    accounts on a device -> when last seen
 *   {usr:H}:seen       zset    claims of a user -> when last seen
 *   codes:H            zset    failed tries with codes of a user, device or network, or of all -> when
 *   spent:H            string  the claim that a verification token was spent on
 *   events             stream  the last events for other services, POSITION-ORDINAL -> id, type, subject, event (JSON)
 *   hold:COUPON        string  "try:ORDER" or "held:ORDER": who is about to hold this coupon, or does
 *
 * H is a keyed hash: networks, devices and tokens are nobody's to read.
 */
export const redisKeys = {
  gate: (tag: string) => `{tpl:${tag}}:gate`,
  takers: (tag: string) => `{tpl:${tag}}:takers`,
  takersBeingBuilt: (tag: string, epoch: number) => `{tpl:${tag}}:takers:${epoch}`,
  journal: (tag: string) => `{tpl:${tag}}:journal`,
  draws: (tag: string) => `{tpl:${tag}}:draws`,
  drawsBeingBuilt: (tag: string, epoch: number) => `{tpl:${tag}}:draws:${epoch}`,
  rebuild: (templateId: string) => `{tpl:${templateId}}:rebuild`,
  templateRow: (templateId: string) => `{tpl:${templateId}}:row:1`,
  templateVersion: (templateId: string, version: number) => `tplv:${templateId}:${version}`,
  openJournals: 'open-journals',
  quote: (quoteId: string) => `quote:${quoteId}`,
  networkClaims: (network: string, templateId: string) => `{net:${network}}:claims:${templateId}`,
  networkSeen: (network: string) => `{net:${network}}:seen`,
  deviceClaims: (device: string) => `{dev:${device}}:claims`,
  deviceSeen: (device: string) => `{dev:${device}}:seen`,
  deviceUsers: (device: string) => `{dev:${device}}:users`,
  userSeen: (user: string) => `{usr:${user}}:seen`,
  codeFailures: (whose: string) => `codes:${whose}`,
  spentToken: (token: string) => `spent:${token}`,
  events: 'events',
  hold: (couponId: string) => `hold:${couponId}`,
};
