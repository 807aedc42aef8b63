/**
 * Addresses and device ids are personal data. What leaves the process of them is a keyed hash of 128 bits:
 * without the key nobody can try all addresses. Each kind has a prefix, so equal texts of two kinds differ.
 */
import { digest } from '../../kernel/digest.js';
import type { ClaimAttempt, Pseudonyms } from '../guard.types.js';
import { networkOf } from './network-of.js';

type Named = Pick<ClaimAttempt, 'userId' | 'claimKey' | 'address' | 'deviceId'>;

/** @param namesUser whether anybody asks who it is: each name costs a hash */
export function pseudonymsOf(key: string, attempt: Named, namesUser = true): Pseudonyms {
  const { userId, claimKey, address, deviceId } = attempt;
  const network = networkOf(address);
  return {
    claim: pseudonym(key, 'claim', `${userId} ${claimKey}`),
    user: namesUser ? pseudonym(key, 'user', userId) : null,
    network: network === null ? null : pseudonym(key, 'network', network),
    device: deviceId === null ? null : pseudonym(key, 'device', deviceId),
  };
}

/**
 * 22 characters of base64url: a digest of key, kind and text. Of SHA-256's 256 bits 132 are told, so nobody
 * can go on from what they see: Coron, Dodis, Malinaud and Puniya, Merkle-Damgård Revisited (CRYPTO 2005),
 * 3.4. An HMAC says no more here and costs four times as much.
 */
export function pseudonym(key: string, kind: string, text: string): string {
  return digest(key, kind, text);
}
