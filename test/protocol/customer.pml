/* A claim, and the client that makes it and asks again with the same key. */

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
