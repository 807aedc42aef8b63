/*
 * The claim protocol as a Promela model, for all interleavings of two workers, three claims and the faults
 * that are allowed. docs/PROTOCOL.md says what is covered, what is not and what was found;
 * `npm run check:protocol` searches all of it, and every mutation of it.
 *
 * Every option of a process is one atomic step of the real system: one Lua script, one transaction, one
 * command. Between two steps anything else may happen. Time is not modelled: what may happen after three
 * seconds may happen at once.
 *
 *   here                   there
 *   MySQL                  src/claim/claim.store.ts: the guard and the unique keys; the row of the template
 *   reserve                src/claim/lua/reserve-claims-*.lua, reserve-claims.ts
 *   give_back, forget      src/claim/lua/release-claims-*.lua, journal.ts
 *   transact, Worker       src/claim/committer.ts: the group commit, its lost answers
 *   take_over, Worker      src/claim/lua/take-over-journal-*.lua, settle-journals.ts
 *   direct                 src/claim/claim-directly.ts
 *   C_RAISE COPY LIST OPEN src/claim/rebuild-gate.ts, lua/open-gate-*.lua
 *   Claim                  src/claim/claim-coupon.ts, and a client that asks again with the same key
 *   Faults                 crash, rewind or empty restart, a script that comes late
 *   promises               docs/ARCHITECTURE.md; each is an assert() named P1 to P5
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
#define ASKS 2
#ifndef CLAIMS
#define CLAIMS 3  /* claims that are made, each with a key of its own */
#endif
#define R 3
#define W 2       /* workers */

#ifdef SAME_USER  /* the first two keys are one user's, whose limit is one */
#define user(r) ((r) / 2)
#else
#define user(r) (r)
#endif
#define at(w, r) ((w) * R + (r))
#define bit_of(n) (1 << ((n) - 1))
#define upto(n) ((1 << (n)) - 1)

/* ------------------------------------------------------------------ MySQL: the record */
byte epoch = 1;
byte issued;
byte mark;           /* the highest sequence number that was committed */
byte coupon[R];      /* the ask whose draft became this key's coupon; 0: none */

/* ------------------------------------------------------------------ Redis: the filter */
typedef Redis {
  byte epoch;        /* 0: there is no gate */
  byte life;          /* the life of the server that opened the gate */
  byte stock;
  byte seq;          /* reservations so far; goes on over a rebuild */
  byte listed;       /* the template is among the open journals */
  byte taker[R];     /* the ask that holds the key; 0: none */
  byte token[R];     /* the journal entry; 0: none. Entries are of the gate's epoch: opening clears them */
  byte draft[R];     /* of the entry: the ask */
  byte number[R]     /* of the entry: its sequence number */
};
Redis redis, old;
byte life = 1;       /* which life the server is in */
#ifdef M_NO_RUN_ID
#define of_this_life 1
#else
#define of_this_life (redis.life == life)
#endif
#ifdef M_NO_MARK
#define has_mark(n) 1
#else
#define has_mark(n) (redis.seq >= (n))
#endif
byte builder;        /* r + 1: has the lease of the rebuild. It is a key of Redis: a restart loses it */
byte kept;           /* 1: `old` holds the state that a rewind brings back */

/* ------------------------------------------------------------------ workers: what waits for the committer */
#define FREE 0
#define WAITING 1
#define RETRY 2      /* in a batch whose answer was lost */
#define FORGET 3     /* decided: delete the journal entry */
#define BACK_DUP 4   /* decided: the key was used before; give back, then answer with the first coupon */
#define BACK_DOWN 5  /* MySQL could not be asked: give back, then answer UNAVAILABLE */
typedef Waiting {
  byte is;
  byte ask;
  byte epoch;
  byte number;
  byte token;
  byte whose         /* HANDLER: its client waits; ORPHAN: the client went away; SETTLER: from the journal */
};
#define HANDLER 0
#define ORPHAN 1
#define SETTLER 2
Waiting q[W * R];

/* ------------------------------------------------------------------ claims */
#define C_IDLE 0
#define C_READY 1    /* has a view of the template, asks Redis */
#define C_RAISE 3    /* rebuild: raise the epoch, read the stock */
#define C_OPEN 4     /* rebuild: read the coupons, enter the template among the open journals, open the gate */
#define C_OPENED 5
#define C_DIRECT 7   /* over MySQL alone */
#define C_WAIT 8     /* for the committer */
#define C_DONE 9
typedef Asking {
  byte is;
  byte worker;
  byte ask;          /* which time the client asks */
  byte epoch;        /* READY: that it knows. COPY to OPEN: that it builds */
  byte mark;         /* the same of the sequence mark */
  byte left;         /* stock to open with */
  byte life;          /* COPY to OPEN: the life in which building began */
  byte maybe         /* DIRECT: Redis may have made a reservation for it */
};
Asking c[R];
byte refused[R];     /* bit n: ask n, answered with a refusal. Its draft must never become a coupon */

/* ------------------------------------------------------------------ faults that are left */
byte repeats = REPEATS, early = EARLY, delays = LATE, links = LINKS, lost = LOST, down = DOWN, crashes = CRASHES, rewinds = REWINDS;
byte late;           /* r + 1: a script that its caller has given up is still on its way */
byte lateAsk, lateEpoch, lateMark;
bit over;

/* scratch of one step; not part of the state */
hidden byte reply, i, j, n, fresh, grp, owned, sum, ins;
#define REBUILD 1
#define SAME 2
#define LIMIT 3
#define SOLD_OUT 4
#define RESERVED 5

/* ================================================================== promises, where they are made */

inline end_lease(r) {
  if :: builder == r + 1 -> builder = 0 :: else fi
}

/* UNKNOWN, a lost answer, a client without patience: it asks again with the same key. */
inline end_ask(r, isFinal) {
  end_lease(r);
  c[r].is = ((isFinal || c[r].ask == ASKS || repeats == 0) -> C_DONE : C_IDLE);
  c[r].epoch = 0; c[r].mark = 0; c[r].left = 0; c[r].life = 0; c[r].maybe = 0; c[r].worker = 0
}

/* P2: what is answered with a coupon is in MySQL, and a row never changes. */
inline answer_coupon(r) {
  assert(coupon[r] != 0);
  end_ask(r, 1)
}

/* P3, P4: neither this ask nor any before it is a coupon, or ever becomes one (see insert). */
inline answer_refused(r) {
#ifndef MYSQL_ONLY
  assert(coupon[r] == 0);
  refused[r] = refused[r] | upto(c[r].ask);
#endif
  end_ask(r, 1)
}

/* P3: this ask did nothing; about those before it nothing is said. */
inline answer_unavailable(r) {
#ifndef MYSQL_ONLY
  assert(coupon[r] != c[r].ask);
  refused[r] = refused[r] | bit_of(c[r].ask);
#endif
  end_ask(r, 0)
}

/* A row of coupon. P1: total and limit. P2: one key, one coupon. P3, P4: never after a refusal. */
inline insert(r, theAsk) {
  assert(coupon[r] == 0);
  assert((refused[r] & bit_of(theAsk)) == 0);
  coupon[r] = theAsk;
  issued++;
  assert(issued <= TOTAL);
  for (j : 0 .. R - 1) { assert(j == r || user(j) != user(r) || coupon[j] == 0) }
}

/* ================================================================== Redis: each is one script */

inline has_taken(r) { /* fresh = a key of this user is there */
  fresh = 0;
  for (j : 0 .. R - 1) { if :: user(j) == user(r) && redis.taker[j] -> fresh = 1 :: else fi };
  skip
}

/* A journal id that nobody holds: the smallest that is in no journal, no older state and no hand. */
inline new_token(r) {
  redis.token[r] = 0;
  fresh = 1;
  do
  :: fresh == old.token[r] || fresh == q[at(0, r)].token || fresh == q[at(1, r)].token -> fresh++
  :: else -> break
  od;
  redis.token[r] = fresh
}

inline reserve(r, theAsk, knownEpoch, knownMark) {
#ifdef M_MISSING_MEANS_TOTAL
  if :: redis.epoch == 0 -> redis.epoch = knownEpoch; redis.life = life; redis.stock = TOTAL; redis.seq = knownMark;
        redis.listed = 1
     :: else fi;
#endif
  has_taken(r);
  if
#ifdef M_OLD_GATE_REFUSES
  :: redis.epoch && redis.epoch < knownEpoch && redis.life == life && !redis.taker[r] && redis.stock == 0 -> reply = SOLD_OUT
#endif
#ifndef M_NO_KNOWN_EPOCH
  :: redis.epoch < knownEpoch -> reply = REBUILD
#endif
  :: redis.epoch == 0 -> reply = REBUILD
  :: !of_this_life -> reply = REBUILD
  :: !has_mark(knownMark) -> reply = REBUILD
  :: else ->
    if
    :: redis.taker[r] -> reply = SAME
    :: else ->
      if
      :: fresh -> reply = LIMIT
      :: else ->
        if
        :: redis.stock == 0 -> reply = SOLD_OUT
        :: else ->
          redis.stock--;
#ifdef MARK
          redis.seq++;
#endif
          redis.taker[r] = theAsk;
          redis.draft[r] = theAsk;
          redis.number[r] = redis.seq;
          new_token(r);
          reply = RESERVED
        fi
      fi
    fi
  fi
}

inline drop_entry(r) { redis.token[r] = 0; redis.draft[r] = 0; redis.number[r] = 0 }

inline forget(w, r) {
  if :: redis.token[r] == q[at(w, r)].token -> drop_entry(r) :: else fi
}

/* owned = 1: this call gave it back; 0: somebody else has it in hand */
inline give_back(w, r) {
  owned = (redis.token[r] != 0 && redis.token[r] == q[at(w, r)].token
#ifndef M_TOKEN_OF_ANY_LIFE
    && of_this_life /* a token that came back with an older state is nobody's */
#endif
    );
  if :: owned -> drop_entry(r) :: else fi;
#ifdef M_NO_TOKEN
  owned = 1;
#endif
  if
  :: owned && redis.epoch == q[at(w, r)].epoch ->
    if :: redis.taker[r] == q[at(w, r)].ask -> redis.taker[r] = 0 :: else fi;
    redis.stock++
  :: else
  fi
}

/* ================================================================== MySQL: each is one transaction */

inline clear(w, r) {
  q[at(w, r)].is = FREE; q[at(w, r)].ask = 0; q[at(w, r)].epoch = 0; q[at(w, r)].number = 0;
  q[at(w, r)].token = 0; q[at(w, r)].whose = 0
}

/* A handler rebuilds and tries again. What the settler took over is forgotten. */
inline stale(w, r) {
  if
  :: q[at(w, r)].whose == HANDLER -> c[r].is = C_RAISE; clear(w, r)
  :: q[at(w, r)].whose == ORPHAN -> clear(w, r)
  :: q[at(w, r)].whose == SETTLER -> q[at(w, r)].is = FORGET
  fi
}

/* What the committer tells of one reservation that is in a committed batch. */
inline decided(w, r) {
  if
  :: coupon[r] == q[at(w, r)].ask ->
    if :: q[at(w, r)].whose == HANDLER -> answer_coupon(r); q[at(w, r)].whose = ORPHAN :: else fi;
    q[at(w, r)].is = FORGET
  :: coupon[r] && coupon[r] != q[at(w, r)].ask -> q[at(w, r)].is = BACK_DUP
  :: coupon[r] == 0 -> stale(w, r) /* its slot was another's */
  fi
}

/*
 * One batch: all that waits, or again the one whose answer was lost. Reservations of one epoch stand or fall
 * together; those that fail leave the batch as STALE, and the rest is committed. With isLost nobody hears.
 */
inline transact(w, isLost) {
  sum = WAITING;
  for (i : 0 .. R - 1) { if :: q[at(w, i)].is == RETRY -> sum = RETRY :: else fi };
  for (grp : 1 .. epoch) {
    n = 0; ins = 0;
    for (i : 0 .. R - 1) {
      if
      :: q[at(w, i)].is == sum && q[at(w, i)].epoch == grp && coupon[i] == 0 ->
        fresh = 1; /* the unique key of (user, slot) lets it in */
        for (j : 0 .. R - 1) {
          if :: j != i && user(j) == user(i) && (coupon[j] || (ins & (1 << j))) -> fresh = 0 :: else fi
        };
#ifdef M_NO_SLOT_KEY
        fresh = 1;
#endif
        if :: fresh -> n++; ins = ins | (1 << i) :: else fi
      :: else
      fi
    };
    owned = 1; /* the guard */
#ifndef M_NO_EPOCH_GUARD
    if :: n && grp != epoch -> owned = 0 :: else fi;
#endif
#ifndef M_NO_TOTAL_GUARD
    if :: n && issued + n > TOTAL -> owned = 0 :: else fi;
#endif
    for (i : 0 .. R - 1) {
      if
      :: q[at(w, i)].is == sum && q[at(w, i)].epoch == grp ->
        if
        :: !owned -> stale(w, i)
        :: else ->
          if
          :: (ins & (1 << i)) ->
            insert(i, q[at(w, i)].ask);
            if :: q[at(w, i)].number > mark -> mark = q[at(w, i)].number :: else fi
          :: else
          fi;
          if
          :: isLost -> q[at(w, i)].is = RETRY
          :: else -> decided(w, i)
          fi
        fi
      :: else
      fi
    }
  };
  skip
}

/* reply: what a claim over MySQL alone does. It raises the epoch also where it refuses. */
inline direct(r) {
  if
  :: coupon[r] -> reply = SAME
  :: else ->
#ifndef M_DIRECT_WITHOUT_RAISE
    epoch++;
#endif
    fresh = 0;
    for (j : 0 .. R - 1) { if :: user(j) == user(r) && coupon[j] -> fresh = 1 :: else fi };
    if
    :: fresh -> reply = LIMIT
    :: else ->
      if
      :: issued >= TOTAL -> reply = SOLD_OUT
      :: else -> insert(r, c[r].ask); reply = SAME
      fi
    fi
  fi
}

/* ================================================================== processes */

#define in_hand(w) (q[at(w, 0)].is || q[at(w, 1)].is || q[at(w, 2)].is)
#define has(w, s) (q[at(w, 0)].is == s || q[at(w, 1)].is == s || q[at(w, 2)].is == s)
#define rests(r) (c[r].is == C_DONE || (c[r].is == C_IDLE && c[r].ask))
#define quiet (rests(0) && rests(1) && rests(2) && !in_hand(0) && !in_hand(1) \
  && (!of_this_life || (!redis.token[0] && !redis.token[1] && !redis.token[2])) && !late)

/* Claims are alike until they begin: they begin in the order of their numbers, the first at worker 0. */
#ifdef SAME_USER
#define may_begin(r) (r != 1 || c[0].ask)
#else
#define may_begin(r) (r == 0 || c[(r + R - 1) % R].ask)
#endif

#ifdef STALE_VIEW
#define look(r) if :: c[r].epoch = epoch; c[r].mark = mark :: c[r].epoch = 1; c[r].mark = 0 fi
#else
#define look(r) c[r].epoch = epoch; c[r].mark = mark
#endif

inline enqueue(r) {
  q[at(c[r].worker, r)].is = WAITING;
  q[at(c[r].worker, r)].ask = c[r].ask;
  q[at(c[r].worker, r)].epoch = redis.epoch;
  q[at(c[r].worker, r)].number = redis.number[r];
  q[at(c[r].worker, r)].token = redis.token[r];
  q[at(c[r].worker, r)].whose = HANDLER;
#ifdef M_FORGET_FIRST
  drop_entry(r);
#endif
  c[r].is = C_WAIT; c[r].epoch = 0; c[r].mark = 0
}

inline again(r) {
  end_lease(r);
  c[r].epoch = epoch; c[r].mark = mark; c[r].left = 0; c[r].life = 0; c[r].is = C_READY
}

inline go_direct(r) {
  end_lease(r);
  c[r].epoch = 0; c[r].mark = 0; c[r].left = 0; c[r].life = 0; c[r].is = C_DIRECT; c[r].maybe = 0
}

/* An older epoch never replaces a newer one. */
inline open(r) {
  if
  :: redis.epoch >= c[r].epoch
  :: else ->
#ifndef M_LIST_AFTER_OPEN
    redis.listed = 1; /* entered before, so that no open gate is without */
#endif
    redis.epoch = c[r].epoch; redis.life = life; redis.stock = c[r].left; redis.seq = c[r].mark;
    for (i : 0 .. R - 1) {
      redis.taker[i] = coupon[i];
      drop_entry(i)
    }
  fi
}

inline take_repeat(r) { if :: c[r].ask -> repeats-- :: else fi }

proctype Claim(byte me) {
  do
  :: over -> break

  /* ask, or ask again, anywhere */
  :: atomic { c[me].is == C_IDLE && !over && may_begin(me) && (!c[me].ask || repeats) && q[at(0, me)].is == FREE ->
      c[me].worker = 0; take_repeat(me); c[me].ask++; look(me); c[me].is = C_READY }
  :: atomic { c[me].is == C_IDLE && !over && may_begin(me) && (!c[me].ask || repeats) && q[at(1, me)].is == FREE && (me > 0 || c[me].ask) ->
      c[me].worker = 1; take_repeat(me); c[me].ask++; look(me); c[me].is = C_READY }

  /* Redis answers */
  :: d_step { c[me].is == C_READY ->
      reserve(me, c[me].ask, c[me].epoch, c[me].mark);
      if
      :: reply == REBUILD -> c[me].is = C_RAISE; c[me].epoch = 0; c[me].mark = 0
      :: reply == SAME && coupon[me] -> answer_coupon(me)
      :: reply == SAME && !coupon[me] -> c[me].epoch = epoch; c[me].mark = mark /* looks again, until … */
      :: reply == LIMIT || reply == SOLD_OUT -> answer_refused(me)
      :: reply == RESERVED -> enqueue(me)
      fi }

  /* Redis does not: it did it, never will, or will later */
  :: d_step { c[me].is == C_READY && links ->
      links--; reserve(me, c[me].ask, c[me].epoch, c[me].mark);
      c[me].is = C_DIRECT; c[me].maybe = 1; c[me].epoch = 0; c[me].mark = 0 }
  :: d_step { c[me].is == C_READY && delays ->
      delays--; late = me + 1; lateAsk = c[me].ask; lateEpoch = c[me].epoch; lateMark = c[me].mark;
      c[me].is = C_DIRECT; c[me].maybe = 1; c[me].epoch = 0; c[me].mark = 0 }

  /* … the time is over: the same key is on its way, and nobody knows */
  :: d_step { c[me].is == C_READY && redis.taker[me] && !coupon[me] -> end_ask(me, 0) }

  /* rebuild: the epoch first */
  :: d_step { c[me].is == C_RAISE && builder -> again(me) } /* another's rebuild is ours */
  :: d_step { c[me].is == C_RAISE && !builder && epoch < EPOCH_MAX -> builder = me + 1;
#ifdef M_OPEN_BEFORE_RAISE
      c[me].epoch = epoch + 1;
#else
      epoch++; c[me].epoch = epoch;
#endif
      c[me].mark = mark; c[me].left = TOTAL - issued; c[me].life = life; c[me].is = C_OPEN }
  :: d_step { c[me].is == C_RAISE && !builder && epoch >= EPOCH_MAX -> end_ask(me, 0) }
  /* what was built in another life of Redis is not there: built again */
  :: d_step { c[me].is == C_OPEN && c[me].life != life ->
      c[me].left = 0; c[me].epoch = 0; c[me].mark = 0; c[me].life = 0; c[me].is = C_RAISE;
      end_lease(me) }
  :: d_step { c[me].is == C_OPEN && c[me].life == life -> open(me);
#if defined(M_LIST_AFTER_OPEN) || defined(M_OPEN_BEFORE_RAISE)
      c[me].is = C_OPENED }
  :: d_step { c[me].is == C_OPENED ->
      redis.listed = 1;
      if :: epoch < c[me].epoch -> epoch = c[me].epoch :: else fi;
#endif
      again(me) }
  :: d_step { c[me].is == C_OPEN && links -> links--; open(me); go_direct(me) }
  :: d_step { c[me].is == C_OPEN && links -> links--; go_direct(me) }

  /* over MySQL alone; the answer to COMMIT may be lost, done or not; or MySQL is down as well */
  :: d_step { c[me].is == C_DIRECT -> direct(me);
      if :: reply == SAME -> answer_coupon(me) :: else -> answer_refused(me) fi }
  :: d_step { c[me].is == C_DIRECT && lost -> lost--; direct(me); end_ask(me, 0) }
  :: d_step { c[me].is == C_DIRECT && lost -> lost--; end_ask(me, 0) }
  :: d_step { c[me].is == C_DIRECT && down -> down--;
      if :: c[me].maybe -> end_ask(me, 0) :: else -> answer_unavailable(me) fi }

  /* the client goes away while the committer is at work */
  :: d_step { c[me].is == C_WAIT && c[me].ask < ASKS && repeats -> q[at(c[me].worker, me)].whose = ORPHAN; end_ask(me, 0) }
  od
}

/* A lost answer: tried again, or the tries are over. */
inline give_up(w) {
  for (i : 0 .. R - 1) {
    if
    :: q[at(w, i)].is == RETRY ->
      if
      :: q[at(w, i)].whose == HANDLER -> end_ask(i, 0)
      :: else
      fi;
#ifdef M_COMPENSATE_UNKNOWN
      give_back(w, i);
#endif
      clear(w, i)
    :: else
    fi
  };
  skip
}

inline returned(w, r, isBack) {
  if
  :: q[at(w, r)].whose == HANDLER && q[at(w, r)].is == BACK_DUP -> answer_coupon(r)
  :: q[at(w, r)].whose == HANDLER && q[at(w, r)].is == BACK_DOWN && isBack -> answer_unavailable(r)
  :: q[at(w, r)].whose == HANDLER && q[at(w, r)].is == BACK_DOWN && !isBack -> end_ask(r, 0)
  :: else
  fi;
  clear(w, r)
}

#define held(r) (redis.token[r] == q[at(0, r)].token || redis.token[r] == q[at(1, r)].token)
#ifdef M_TAKE_OVER_OF_ANY_LIFE
#define may_settle 1
#else
#define may_settle of_this_life /* what an older state brings back may have been given back since */
#endif
#define can_take(w, r) (may_settle && redis.token[r] && (early || !held(r)) && redis.listed && q[at(w, r)].is == FREE && \
  (c[r].is == C_IDLE || c[r].is == C_DONE || c[r].worker != w))

/* The entry is written anew: who had it finds its token gone. */
inline take_over(w, r) {
  if :: held(r) -> early-- :: else fi;
#ifndef M_TAKE_OVER_KEEPS_TOKEN
  n = redis.token[r];
  new_token(r);
#endif
  q[at(w, r)].is = WAITING;
  q[at(w, r)].ask = redis.draft[r];
  q[at(w, r)].epoch = redis.epoch;
  q[at(w, r)].number = redis.number[r];
  q[at(w, r)].token = redis.token[r];
  q[at(w, r)].whose = SETTLER
}

proctype Worker(byte me) {
  byte one;
  do
  :: over -> break
  :: d_step { (has(me, WAITING) || has(me, RETRY)) -> transact(me, 0) }
  :: d_step { (has(me, WAITING) || has(me, RETRY)) && lost -> lost--; transact(me, 1) } /* done, answer lost */
  :: d_step { has(me, WAITING) && !has(me, RETRY) && lost -> lost--;                    /* not done, answer lost */
      for (i : 0 .. R - 1) { if :: q[at(me, i)].is == WAITING -> q[at(me, i)].is = RETRY :: else fi };
      skip }
  :: d_step { has(me, RETRY) -> give_up(me) }
  :: d_step { has(me, WAITING) && !has(me, RETRY) && down -> down--;                    /* not begun */
      for (i : 0 .. R - 1) {
        if
        :: q[at(me, i)].is == WAITING ->
          if :: q[at(me, i)].whose == SETTLER -> clear(me, i) :: else -> q[at(me, i)].is = BACK_DOWN fi
        :: else
        fi
      };
      skip }
  /* what is decided, one by one; one runs over the claims */
  :: atomic { has(me, FORGET) || has(me, BACK_DUP) || has(me, BACK_DOWN) ->
      if
      :: q[at(me, 0)].is >= FORGET -> one = 0
      :: q[at(me, 1)].is >= FORGET -> one = 1
      :: q[at(me, 2)].is >= FORGET -> one = 2
      fi;
      if
      :: d_step { q[at(me, one)].is == FORGET -> forget(me, one); clear(me, one) }
      :: d_step { q[at(me, one)].is == FORGET && links -> links--; clear(me, one) }
      :: d_step { q[at(me, one)].is >= BACK_DUP -> give_back(me, one); returned(me, one, owned) }
      :: d_step { q[at(me, one)].is >= BACK_DUP && links -> links--; give_back(me, one); returned(me, one, 0) }
      :: d_step { q[at(me, one)].is >= BACK_DUP && links -> links--; returned(me, one, 0) }
      fi;
      one = 0 }
  /* take over an entry of the journal, whoever had it */
  :: d_step { can_take(me, 0) -> take_over(me, 0) }
  :: d_step { can_take(me, 1) -> take_over(me, 1) }
  :: d_step { can_take(me, 2) -> take_over(me, 2) }
  od
}

#define active(w, r) (c[r].worker == w && c[r].is != C_IDLE && c[r].is != C_DONE)
#define works(w) (in_hand(w) || active(w, 0) || active(w, 1) || active(w, 2))

inline die(w) {
  for (i : 0 .. R - 1) {
    clear(w, i);
    if :: active(w, i) -> end_ask(i, 0) :: else fi
  };
  skip
}

/* A gate of another life is not believed, so only its epoch and its journal are worth keeping. */
inline keep() {
  old.epoch = redis.epoch; old.listed = redis.listed;
  for (i : 0 .. R - 1) {
    old.token[i] = redis.token[i]; old.draft[i] = redis.draft[i]; old.number[i] = redis.number[i]
  };
#ifdef KEEP_ALL
  old.life = redis.life; old.stock = redis.stock; old.seq = redis.seq;
  for (i : 0 .. R - 1) { old.taker[i] = redis.taker[i] };
#endif
  kept = 1
}

inline come_back() {
  redis.epoch = old.epoch; redis.life = old.life; redis.stock = old.stock; redis.seq = old.seq;
  redis.listed = old.listed;
  old.epoch = 0; old.life = 0; old.stock = 0; old.seq = 0; old.listed = 0;
  for (i : 0 .. R - 1) {
    redis.taker[i] = old.taker[i]; redis.token[i] = old.token[i];
    redis.draft[i] = old.draft[i]; redis.number[i] = old.number[i];
    old.taker[i] = 0; old.token[i] = 0; old.draft[i] = 0; old.number[i] = 0
  };
  kept = 0; builder = 0;
#ifndef SAME_RUN
  life++
#endif
}

/* P5: the next claim finds what MySQL has, or a gate that is not believed. */
inline nothing_stranded() {
  assert(redis.epoch <= epoch);
  if
  :: redis.epoch == epoch && of_this_life && has_mark(mark) ->
#ifndef MYSQL_ONLY
    assert(redis.stock + issued == TOTAL);
    for (i : 0 .. R - 1) { assert((redis.taker[i] != 0) == (coupon[i] != 0)) }
#endif
  :: else
  fi
}

proctype Faults() {
  do
  :: d_step { quiet && !over -> nothing_stranded(); over = 1 }
  :: over -> break
  :: d_step { crashes && !over && works(0) -> crashes--; die(0) }
  :: d_step { crashes && !over && works(1) -> crashes--; die(1) }
  :: d_step { rewinds && !kept && !over -> keep() }
  :: d_step { rewinds && kept && !over -> rewinds--; come_back() }
#ifndef SAME_RUN
  :: d_step { rewinds && !kept && !over -> rewinds--; come_back() } /* empty */
#endif
  /* a script that comes late reserves for nobody, or is lost */
  :: d_step { late -> reserve(late - 1, lateAsk, lateEpoch, lateMark);
      late = 0; lateAsk = 0; lateEpoch = 0; lateMark = 0 }
  :: d_step { late -> late = 0; lateAsk = 0; lateEpoch = 0; lateMark = 0 }
  od
}

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
