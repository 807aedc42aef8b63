/* What goes wrong beside lost answers, and what must be true when all is quiet. */

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
