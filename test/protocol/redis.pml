/* Redis: each inline is one script. */

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
