/* What exists: MySQL, Redis, the workers' queues, the claims, and the faults that are left. */

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

/* scratch of one step, as arguments and replies; not part of the state */
hidden byte reply, i, j, n, fresh, grp, owned, sum, ins;
#define REBUILD 1
#define SAME 2
#define LIMIT 3
#define SOLD_OUT 4
#define RESERVED 5
