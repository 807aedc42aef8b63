/*
 * The claim protocol as a Promela model, for all interleavings of two workers, three claims and the faults
 * that are allowed. docs/PROTOCOL.md says what is covered, what is not and what was found;
 * `npm run check:protocol` searches all of it, and every mutation of it.
 *
 * Every option of a process is one atomic step of the real system: one Lua script, one transaction, one
 * command. Between two steps anything else may happen. Time is not modelled: what may happen after three
 * seconds may happen at once.
 *
 *   here          there (src/claim)
 *   state.pml     the row of template and its coupons (claim.store.ts); the gate, takers and journal of Redis
 *   promises.pml  docs/ARCHITECTURE.md, as assertions
 *   redis.pml     lua/reserve-claims-*, release-claims-*, take-over-journal-*; reserve-claims.ts, journal.ts
 *   mysql.pml     claim.store.ts and committer.ts: one batch, its guard and its keys; claim-directly.ts
 *   customer.pml  claim-coupon.ts; rebuild-gate.ts with lua/open-gate-*
 *   worker.pml    committer.ts: lost answers; settle-journals.ts
 *   faults.pml    no file: crash, rewind, empty restart, a late script; then the look when all is quiet
 *
 * Each M_ switch is one mutation: a protocol that somebody might have built. None may survive.
 */

/* ------------------------------------------------------------------ what is searched: set by -D */
#ifndef TOTAL
#define TOTAL 1   /* coupons there are */
#endif
#ifndef LINKS
#define LINKS 0   /* answers of Redis that may be lost */
#endif
#ifndef LATE
#define LATE 0    /* scripts that arrive after their caller has given them up */
#endif
#ifndef LOST
#define LOST 1    /* answers to COMMIT that may be lost */
#endif
#ifndef DOWN
#define DOWN 0    /* transactions that MySQL may refuse to begin */
#endif
#ifndef CRASHES
#define CRASHES 1 /* processes that may die */
#endif
#ifndef REWINDS
#define REWINDS 1 /* times that Redis may restart with an earlier state, or empty */
#endif
#ifndef EPOCH_MAX
#define EPOCH_MAX 3 /* a claim that would rebuild above it says UNKNOWN, as one whose time is over */
#endif
#ifndef REPEATS
#define REPEATS 1 /* times that some client asks again with its key; with one key twice at most */
#endif
#ifndef EARLY
#define EARLY 1   /* entries taken over from somebody who is slow but alive */
#endif
#define ASKS 2     /* times that a client asks with one key */
#ifndef CLAIMS
#define CLAIMS 3  /* claims that are made, each with a key of its own */
#endif
#define R 3       /* places for claims */
#define W 2       /* workers */

#ifdef SAME_USER  /* the first two keys are one user's, whose limit is one */
#define user(r) ((r) / 2)
#else
#define user(r) (r)
#endif
#define at(w, r) ((w) * R + (r))
#define bit_of(n) (1 << ((n) - 1))
#define upto(n) ((1 << (n)) - 1)

#include "state.pml"
#include "promises.pml"
#include "redis.pml"
#include "mysql.pml"
#include "customer.pml"
#include "worker.pml"
#include "faults.pml"

init {
  atomic {
    redis.epoch = 1; redis.life = 1; redis.stock = TOTAL; redis.listed = 1;
    if :: CLAIMS < 3 -> c[2].is = C_DONE :: else fi;
    if :: CLAIMS < 2 -> c[1].is = C_DONE :: else fi;
    run Claim(0); run Claim(1); run Claim(2);
    run Worker(0); run Worker(1);
    run Faults()
  }
}
