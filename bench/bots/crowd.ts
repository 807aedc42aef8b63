/**
 * The crowd of a sale: buyers as they live, and a farm of bots. Who comes from where, on what, and when is
 * the same at each run.
 */
export interface Customer {
  readonly userId: string;
  readonly isBot: boolean;
  readonly address: string;
  readonly deviceId: string | null;
  /** 0 to 1: when in the sale. */
  readonly arrives: number;
}

export const BOTS = { accounts: 500, devices: 20, networks: 5 };
export const HONEST = 4_000;

/** Bots come in the first tenth of the sale: they are faster than hands. */
const BOTS_ARRIVE_WITHIN = 0.1;
const OFFICE_SIZE = 40;
const CARRIER_SIZE = 200;
const FAMILY_SIZE = 3;

/** @param hasOwnDevices the farm makes up a device id for each account */
export function makeCrowd(hasOwnDevices: boolean): Customer[] {
  const random = seeded(20_261_111);
  const honest = Array.from({ length: HONEST }, (_, i) => ({
    ...placeOf(i),
    userId: `buyer-${i}`,
    isBot: false,
    arrives: random(),
  }));
  const bots = Array.from({ length: BOTS.accounts }, (_, i) => {
    const device = i % BOTS.devices;
    return {
      userId: `bot-${i}`,
      isBot: true,
      address: `203.0.113.${1 + (device % BOTS.networks)}`,
      deviceId: hasOwnDevices ? `made-up-${i}` : `farm-${device}`,
      arrives: random() * BOTS_ARRIVE_WITHIN,
    };
  });
  return [...honest, ...bots].sort((a, b) => a.arrives - b.arrives);
}

/** Of 100 buyers 60 are alone at home, 10 in families that share a tablet, 20 in offices, 10 behind a carrier. */
function placeOf(i: number): Pick<Customer, 'address' | 'deviceId'> {
  const kind = i % 100;
  const nth = Math.floor(i / 100);
  if (kind < 60) return { address: addressOf(20, i), deviceId: `phone-${i}` };
  if (kind < 70) {
    const family = Math.floor((nth * 10 + kind - 60) / FAMILY_SIZE);
    return { address: addressOf(21, family), deviceId: `tablet-${family}` };
  }
  if (kind < 90) {
    const office = Math.floor((nth * 20 + kind - 70) / OFFICE_SIZE);
    return { address: addressOf(22, office), deviceId: `phone-${i}` };
  }
  const carrier = Math.floor((nth * 10 + kind - 90) / CARRIER_SIZE);
  // Browsers behind a carrier tell no device.
  return { address: addressOf(23, carrier), deviceId: i % 2 === 0 ? null : `phone-${i}` };
}

function addressOf(first: number, n: number): string {
  return [first, (n >> 16) & 255, (n >> 8) & 255, n & 255].join('.');
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
