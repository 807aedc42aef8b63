/* The promises, as assertions at the steps that make them. */

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
