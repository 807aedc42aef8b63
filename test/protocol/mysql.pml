/* MySQL: each inline is one transaction. */

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
