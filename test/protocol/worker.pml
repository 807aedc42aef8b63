/* A worker: the committer and the settler of one process. */

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
