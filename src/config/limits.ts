/**
 * Every bound of the service, with its unit and its reason. A queue, a batch, a retry, a page or a wait
 * without a line here is a defect.
 */

/** A statement may take this long before its connection is given up. Well under REQUEST_DEADLINE_MS. */
export const STATEMENT_DEADLINE_MS = 1_500;
/** One statement of `verify`, which looks at all coupons there are, and which no request waits for. */
export const VERIFY_STATEMENT_DEADLINE_MS = 30 * 60_000;
/** Waiting for a free connection; longer means the database cannot follow, so the caller is told. */
export const CONNECTION_WAIT_MS = 1_000;
/** How many callers may wait for a connection; the rest are told at once (OVERLOADED). */
export const CONNECTION_QUEUE_MAX = 500;
/** MySQL that let somebody wait in vain is left alone this long; then one caller at a time tries it. */
export const DATABASE_PAUSE_MS = 500;
/** Connections of one process. Claims need one; the rest serve reads and redemptions. */
export const CONNECTIONS_MAX = 10;
/** Beside them, for group commits in one packet: a process has one at a time, and one may be on its way out. */
export const PACKET_CONNECTIONS_MAX = 2;
/** Tries of one transaction after a deadlock or a lock wait; more would only add to the storm. */
export const TRANSACTION_TRIES_MAX = 6;
/** One process migrates at a time; the others wait this long for it. */
export const MIGRATION_WAIT_S = 120;
/** A migration waits this long for a table that somebody reads, then lets the others pass and tries again. */
export const MIGRATION_LOCK_WAIT_S = 1;
export const MIGRATION_PAUSE_MS = 1_000;
export const MIGRATION_TRIES_MAX = 30;
/** Seconds InnoDB waits for a row lock: less than STATEMENT_DEADLINE_MS, so that the wait is told and tried again. */
export const LOCK_WAIT_S = 1;
/** Seconds that a transaction may rest between two statements: a frozen process must not hold its rows. */
export const TRANSACTION_IDLE_S = 5;

/** A replica may be this far behind a read that wants it; then the primary is asked. A healthy one is behind by less. */
export const REPLICA_WAIT_MS = 50;
/** For that wait with its way there and back: a replica that froze costs a read no more than this. */
export const REPLICA_DEADLINE_MS = 250;
/** A replica that was behind or failed is left alone this long; then one read at a time tries it. */
export const REPLICA_PAUSE_MS = 1_000;
/** Replicas of one installation; each is a pool of CONNECTIONS_MAX in every process. */
export const REPLICAS_MAX = 8;

/** One Redis command, sent or queued, may take this long. */
export const REDIS_COMMAND_DEADLINE_MS = 1_000;
/** After Redis failed, claims go straight to MySQL for this long before Redis is tried again; in a cluster, of that node. */
export const REDIS_BACKOFF_MS = 1_000;
/** One connection may take this long; the first one of a cluster is waited for as long. */
export const REDIS_CONNECT_DEADLINE_MS = 1_000;
/** MOVED, ASK and TRYAGAIN that one command follows. A hash slot on its way needs three, the rest is patience. */
export const REDIS_REDIRECTIONS_MAX = 8;
/** How often a cluster is asked who serves what: a master that stands still keeps its links and would not tell. */
export const REDIS_CLUSTER_REFRESH_MS = 5_000;

/** From a request's arrival to its answer: longer than any one wait within, shorter than a router's patience. */
export const REQUEST_DEADLINE_MS = 8_000;
/** A mutation is cut off this much before its request, so that its answer is still a typed one. */
export const DEADLINE_MARGIN_MS = 250;
/** Body of one HTTP request. A cart of 1,000 lines is about 200 kB. */
export const HTTP_BODY_BYTES_MAX = 512 * 1024;
/** Time to receive a whole request; a slow sender must not hold a socket. */
export const HTTP_REQUEST_TIMEOUT_MS = 10_000;
/** Time to receive the headers: they are one packet or two. */
export const HTTP_HEADERS_TIMEOUT_MS = 5_000;
/** All headers of a request: a token of 8 kB and as much again for the rest. */
export const HTTP_HEADER_BYTES_MAX = 16 * 1024;
/** After so many requests a connection is closed, so that callers spread over new processes. */
export const HTTP_REQUESTS_PER_SOCKET_MAX = 10_000;
/** A body of a request that is sent away: up to this it is read off and the connection stays, else it is closed. */
export const UNREAD_BODY_BYTES_MAX = 64 * 1024;
/** Longer than a load balancer's idle time, so that it is the one to close. */
export const HTTP_KEEP_ALIVE_MS = 72_000;
export const HTTP_CONNECTIONS_MAX = 4_000;
/** Sockets that share the port. Each takes in one connection a turn of the event loop, which may last 100 ms. */
export const HTTP_LISTENERS = 16;
/** How often a process looks at its own load. */
export const ADMISSION_EVERY_MS = 100;
/** Requests in hand at once, at most and at least; 128 connections are served without a word. */
export const IN_FLIGHT_MAX = 256;
export const IN_FLIGHT_MIN = 32;
/** What the limit grows by at a look: from the least to the most in under two seconds. */
export const IN_FLIGHT_GROWTH = 16;
/** The event loop may always be this late; over it the limit shrinks. Answers to the refused wait as long. */
export const LOOP_DELAY_TARGET_MS = 20;
/** Taking stock stops at twice of these and begins again at half of that. The queue is a fifth of a second of commits. */
export const LOOP_DELAY_SOFT_MS = 150;
export const COMMIT_QUEUE_CALM = 1_000;
export const JOURNAL_LENGTH_CALM = 10_000;
/** How often the journals are counted. */
export const JOURNAL_COUNT_EVERY_MS = 1_000;
/** SIGTERM: still taken and answered this long, with `connection: close`, so that callers leave by themselves. */
export const DRAIN_LINGER_MS = 1_000;
/** After a fault that nobody caught, what is in hand may be committed this long; then the process ends. */
export const FATAL_FLUSH_MS = 2_000;
/** SIGTERM: in-flight requests may take this long; the process is gone 10 s after the signal. */
export const DRAIN_MS = 8_000;

/** Of the header Accept-Language: a browser of ten languages sends some 100 characters. */
export const ACCEPT_LANGUAGE_LENGTH_MAX = 500;
/** How far the time of a router's proof may be from ours: two clocks and the way, no more. */
export const ROUTER_PROOF_WINDOW_MS = 30_000;
/** Proofs of one process remembered at a time, about 100 bytes each: 60 s at 5,000 requests a second. */
export const ROUTER_PROOF_NONCES_MAX = 300_000;
/** Of a key of DATA_KEYS: AES-256. */
export const DATA_KEY_BYTES = 32;
/** Below this a secret can be guessed. */
export const ROUTER_SECRET_LENGTH_MIN = 32;
/** A token may be this old at most, whatever its end says, unless JWT_MAX_AGE_S says otherwise. */
export const TOKEN_AGE_MAX_S = 86_400;
/** The identity provider's keys are believed this long without asking again. */
export const JWKS_MAX_AGE_MS = 600_000;
/** A key that is not known makes us ask again, but not more often than this. */
export const JWKS_COOLDOWN_MS = 30_000;
/** After the identity provider failed, it is left alone this long: no token may make us storm it. */
export const JWKS_BACKOFF_MS = 1_000;
/** A verified token is believed this long before its signature is checked again: as long as a withdrawn key may work. */
export const TOKEN_KEPT_MS = 60_000;
/** Verified tokens of one process, some 200 bytes each; the least used go first. */
export const TOKENS_KEPT_MAX = 50_000;

/** Tokens of one GraphQL document: the sample documents have under 400. */
export const GRAPHQL_TOKENS_MAX = 2_000;
export const GRAPHQL_DEPTH_MAX = 12;
/** Valid documents that a process knows by their hash: many times the requests in hand, and what they fill. */
export const DOCUMENTS_KEPT_MAX = 2_000;
export const DOCUMENTS_CHARACTERS_MAX = 8_000_000;
export const GRAPHQL_ALIASES_MAX = 30;
/** Directives of one document; a page has a handful of @include. */
export const GRAPHQL_DIRECTIVES_MAX = 10;
/** Fields of one answer, lists counted: a page of a router's thousand entities is below. Some 50 ms of work. */
export const GRAPHQL_COST_MAX = 20_000;
/** Size of a list that has no pages, such as the lines of a quote. */
export const LIST_SIZE_GUESS = 10;
/** Mutations in one request: a list of claims in one request would dodge every rate. */
export const GRAPHQL_MUTATIONS_MAX = 5;
/** Representations of one `_entities` request: a page of anything. */
export const ENTITY_REPRESENTATIONS_MAX = 100;
/** The same of a proven router, which gathers those of many places of one query. */
export const ROUTER_REPRESENTATIONS_MAX = 1_000;

/** A document asked for this often is compiled; compiling costs as much as some twenty runs. */
export const COMPILE_AFTER_REQUESTS = 3;

/** Nodes of one page of a connection. */
export const PAGE_SIZE_MAX = 100;

/** What a template is may be kept by routers and clients this long, and what is left of it: @cacheControl. */
export const TEMPLATE_MAX_AGE_S = 5;
export const REMAINING_MAX_AGE_S = 1;

/** A template in process memory, then in Redis, each this long: a change is everywhere within a second. */
export const TEMPLATE_MEMORY_MS = 400;
export const TEMPLATE_REDIS_MS = 500;
export const TEMPLATES_IN_MEMORY_MAX = 10_000;
/** Versions never change, so they stay until the least used goes. */
export const TEMPLATE_VERSIONS_IN_MEMORY_MAX = 20_000;

/** Coupons of one user of one template; Redis keeps them in one string. */
export const PER_USER_LIMIT_MAX = 100;
export const TOTAL_COUNT_MAX = 100_000_000;
export const TIERS_MAX = 20;
export const NAMES_MAX = 20;
export const NAME_LENGTH_MAX = 100;
export const SCOPE_IDS_MAX = 1_000;
export const AUDIENCE_MAX = 10_000;
/** Ids from outside: users, orders, lines, products. */
export const EXTERNAL_ID_LENGTH_MAX = 128;
export const IDEMPOTENCY_KEY_LENGTH_MAX = 255;

/** Codes of one batch. */
export const CODES_PER_BATCH_MAX = 10_000_000;
/** The number of a batch is drawn; so often another one is, where it was taken. Half full, one in a thousand fails. */
export const BATCH_NUMBER_TRIES_MAX = 10;
/** A batch in process memory: stopping it is seen by every process within a second. */
export const BATCH_MEMORY_MS = 500;
export const BATCHES_IN_MEMORY_MAX = 10_000;
/** Rows over which the uses of one batch are counted: as many orders at a time do not wait for each other. */
export const BATCH_USE_PARTS = 16;
/** Codes computed, read and written at a time in a download: a few milliseconds of the process. */
export const DOWNLOAD_PAGE = 2_000;
/** Downloads of one process at a time, and how long one may wait for its reader. */
export const DOWNLOADS_MAX = 4;
export const DOWNLOAD_IDLE_MS = 30_000;

/** Reservations of one commit: above this a transaction only gets longer, not cheaper per row. */
export const COMMIT_BATCH_MAX = 500;
/** Tries of one batch whose database failed; every try asks again whether it was done. */
export const COMMIT_TRIES_MAX = 3;
/** Reservations waiting in one process; beyond it claims are OVERLOADED before they take stock. */
export const COMMIT_QUEUE_MAX = 20_000;
/** Claims of one Redis call. Lua's unpack allows some thousands. */
export const RESERVE_BATCH_MAX = 200;
/** How long a claim follows a rebuild or the same key in other hands before it says UNKNOWN. */
export const CLAIM_WAIT_MS = 5_000;
/** Claims that must go past Redis wait so long before they close a gate that others keep open, doubling. */
export const DIRECT_PAUSE_MIN_MS = 100;
/** A third of what a claim may wait at all. */
export const DIRECT_PAUSE_MAX_MS = 1_600;
/** So long without closing one, and the next begins with the shortest pause. */
export const DIRECT_CALM_MS = 5_000;
/** A journal entry this old belongs to nobody who still waits; a worker settles it. */
export const JOURNAL_SETTLE_AFTER_MS = 3_000;
/** An entry that MySQL did not take this often, though it answered, is set aside. */
export const JOURNAL_TRIES_MAX = 5;
/** An entry of a newer version is left to the processes of that version for this long. */
export const JOURNAL_FOREIGN_AFTER_MS = 10 * 60_000;
/** Of an entry that was set aside, in characters: enough to see what it is. */
export const QUARANTINED_ENTRY_LENGTH_MAX = 4_096;
/** Entries read from a journal, and rows read in a rebuild, at a time. */
export const JOURNAL_PAGE = 500;
export const REBUILD_PAGE = 5_000;
/** One process rebuilds a template and renews its mark as it goes; the mark ends by itself if that process dies. */
export const REBUILD_LEASE_MS = 5_000;

/**
 * Parts of one stock. Each is one master's work at most, and a refusal looks at all of them: beyond this
 * looking costs more than a part carries.
 */
export const SUB_STOCKS_MAX = 16;
/**
 * Units on their way from one part to another for this long were lost with the process that carried them:
 * more than the two commands it had left may take, less than a claim waits.
 */
export const LOAN_LOST_AFTER_S = 3;

/** What Redis keeps of a template goes this long after its last claim was possible. */
export const GATE_KEPT_MS = 3_600_000;

/** Claims from one network of one template are limited over this long; what Redis keeps of it goes with it. */
export const NETWORK_WINDOW_MS = 3_600_000;
/** Claims from one device are limited, and its accounts counted, over this long. */
export const DEVICE_WINDOW_MS = 86_400_000;
/** Failed tries with codes are limited over this long. */
export const CODE_FAILURES_WINDOW_MS = 10 * 60_000;
/**
 * So many may fail in it: what typing costs a person, and an office behind one address. All together: above what
 * customers mistype in a sale, below what would help a guesser of vanity codes.
 */
export const CODE_FAILURES_MAX = { perUser: 10, perDevice: 10, perNetwork: 50, together: 5_000 };
/** How fast somebody claims is judged over this long: the pace of a hand, not of a day. */
export const SEEN_WINDOW_MS = 60_000;
/** What is remembered of one network, device or user for the score, whose suspicions end well below. */
export const SEEN_MAX = 256;
/** The highest limit of a network or device, and the claims that are remembered of one: 1 MB. */
export const CLAIM_LIMIT_MAX = 10_000;
/** Claims counted in one round trip to Redis: under 2,000 commands, some milliseconds of it. */
export const GUARD_BATCH_MAX = 200;
/** Characters of a verification token; those of the large captcha providers have up to 2,048. */
export const VERIFICATION_TOKEN_LENGTH_MAX = 2_048;
/** Work is good for this long after it was begun: minutes, so that none is done the day before. */
export const PROOF_OF_WORK_TTL_MS = 10 * 60_000;
/** A token of a verifying service is good for at most this long. */
export const VERIFIER_TOKEN_TTL_MS = 10 * 60_000;
/** A person waits for the verifier; it may ask its provider. */
export const VERIFIER_DEADLINE_MS = 1_000;
/** Calls of one risk service or verifier at a time; more would only queue behind its deadline. */
export const SERVICE_CALLS_MAX = 500;
/** After this many failures in a row a service is left alone for the pause, then tried with one call. */
export const SERVICE_FAILURES_MAX = 5;
export const SERVICE_PAUSE_MS = 5_000;
/** One line in the log for refusals of one kind this often. */
export const REFUSAL_LOG_EVERY_MS = 10_000;
/** Risk denials are written down this often; a killed process loses the count of so long. */
export const RISK_AUDIT_FLUSH_MS = 10_000;
/** Templates and minutes with denials that wait to be written down. */
export const DENIALS_WAITING_MAX = 1_000;

/** A quote is honoured this long. */
export const QUOTE_TTL_MS = 15 * 60_000;
/** Coupons of one wallet that take part in a quote, by expiresAt. */
export const QUOTE_WALLET_MAX = 200;
/** Wallets read in one statement. */
export const WALLETS_PER_STATEMENT_MAX = 50;
/** Coupons of a wallet for which there is room where several are read together; a larger one is read by itself. */
export const WALLET_SIZE_GUESS = 20;
/** Such statements on their way at once: what comes meanwhile is read together. With two a slow one is not in the way. */
export const WALLET_STATEMENTS_MAX = 2;
/**
 * Nodes of the combination search; where it stops, the answer says BOUNDED. Ordinary wallets are proved in a few;
 * large carts meet the limit of work (quote/rules/search/limits.ts) before.
 */
export const QUOTE_NODES_MAX = 20_000;
/** Redis turns a second order away this long; it is a filter, MySQL keeps the hold. */
export const HOLD_RESERVATION_MS = 60_000;
/** A hold that met overdue holds, or another hold of its order, tries again this often. */
export const REDEMPTION_TRIES_MAX = 5;
/** Lines of one refund: as many as a cart may have. */
export const REFUND_LINES_MAX = 1_000;
/** Characters of a reason that an operator or the order service gives. */
export const REASON_LENGTH_MAX = 500;

/** Rewards of sharers that are paid at once: they commit in one or two groups. */
export const SHARE_REWARD_PAGE = 100;

/** Coupons of a red packet template that are read at a time to work their draws out again. */
export const DRAWS_PAGE = 5_000;

/** Arms of one experiment; a hash each at every claim of one. */
export const EXPERIMENT_ARMS_MAX = 50;
/** Experiments that run at once and are looked at for a list of what is claimable; others are claimable, not shown. */
export const EXPERIMENTS_SHOWN_MAX = 200;

/** Coupons or redemptions of a user whose records are erased in one transaction. */
export const ERASE_CHUNK = 200;
/** Erasures one run of the job works on, one after the other. */
export const ERASURES_PAGE = 20;
/** Versions of templates looked through at a time for one user: some megabytes read, seldom one sent. */
export const VERSIONS_PAGE = 500;
/** A user is looked for once more after this: no quote lives longer, and no claim is on its way so long. */
export const ERASE_AGAIN_MS = QUOTE_TTL_MS + 60_000;
/** Sealed texts that are sealed anew in one transaction: milliseconds of locks on rows that others read. */
export const ROTATE_PAGE = 200;
/** Coupons counted in one statement, to the end of a user: some 10 ms. A template below it is counted when asked. */
export const COUNT_PAGE = 2_000;
/** The least time between two counts of a template whose coupons change, and of one whose do not any more. */
export const COUNT_AGAIN_AFTER_MS = 30_000;
export const COUNT_SETTLED_AFTER_MS = 3_600_000;
/** Coupons that have less time than this left are told of: as long before it as their owners are reminded. */
export const EXPIRING_SOON_MS = 3 * 86_400_000;
/** Channels of one template that are told apart (callers name them), and that are shown. */
export const CHANNELS_COUNTED_MAX = 1_000;
export const CHANNELS_SHOWN_MAX = 100;
/** Templates that are a label of a metric: those with the least left. */
export const STOCK_SHOWN_MAX = 50;
/** When the query `alerts` names something; the same as in docker/prometheus/alerts.yml. Less of a total left. */
export const LOW_STOCK_ALERT_SHARE = 0.1;
/** More of the unused expire soon, and more coupons than a small shop has anyway. */
export const EXPIRING_ALERT_SHARE = 0.2;
export const EXPIRING_ALERT_MIN = 1_000;
/** More unused for a used one, and more than a campaign has on its first day. */
export const UNUSED_ALERT_PER_USED = 20;
export const UNUSED_ALERT_MIN = 10_000;
/** How long a stock that was found wrong is told of: until somebody has looked. */
export const STOCK_DRIFT_ALERT_MS = 15 * 60_000;
/** Seconds that a job may be behind: an outage of its store is over by then. */
export const JOB_LATE_ALERT_S = 300;
/** Templates that an alert of all coupons names. */
export const ALERT_TEMPLATES_MAX = 10;
/** Orders of one simulation: sent with it (a body holds no more), and simulated at all. */
export const SIMULATED_ORDERS_MAX = 1_000;
export const STORED_ORDERS_MAX = 10_000;
/** A simulation ends with what it has after so long: well before its request is cut off. */
export const SIMULATION_MS = 5_000;
/** It computes for so long, then lets others in. One order may take longer: its search is bounded too. */
export const SIMULATION_GIVES_WAY_MS = 5;
/** Running templates that a draft is held against, the newest. */
export const SIMULATION_CONFLICTS_MAX = 500;

/** Users of a grant's list in a mutation; more come by upload. */
export const GRANT_USERS_INLINE_MAX = 1_000;
/** Users of one list. */
export const GRANT_USERS_MAX = 100_000;
/** A list of so many ids of full length, quoted, and 10 % over. */
export const GRANT_UPLOAD_BYTES_MAX = 16 * 1024 * 1024;
/** One line of a list: an id of full length, and other columns that nobody reads. */
export const GRANT_LINE_BYTES_MAX = 4 * 1024;
/** Lists that come in at the same time in one process; each holds a connection of MySQL now and then. */
export const GRANT_UPLOADS_MAX = 2;
/** An upload that takes longer is given up: nothing was done. */
export const GRANT_UPLOAD_DEADLINE_MS = 60_000;
/** A list that did not become a grant is thrown away after this: well over its deadline. */
export const GRANT_UPLOAD_KEPT_MS = 3_600_000;
/** Users written down in one statement: some 10 ms of it. */
export const GRANT_INSERT_PAGE = 1_000;
/** Rows of a list that are deleted in one transaction. */
export const GRANT_DELETE_PAGE = 2_000;
/** Users of a grant that are asked for in a turn: a fifth of a second, then the next grant has its turn. */
export const GRANT_PAGE = 1_000;
/**
 * Coupons of a grant on their way at once: one call of Redis, and less than half of a batch of the commit;
 * the rest is for claims. Half as many make a grant a fifth slower, more make it no faster.
 */
export const GRANT_AT_ONCE_MAX = 200;
/** Grants that take turns; later ones wait for one of these to end. */
export const GRANTS_IN_TURN_MAX = 10;
/** A grant in which nobody could be decided for so long has failed: no outage of the stores lasts a day. */
export const GRANT_STALLED_MAX_MS = 86_400_000;
/** Refusals of a grant that are read at once. */
export const GRANT_REFUSALS_PAGE_MAX = 1_000;

/** A clock of another service may be ahead of ours by this much. */
export const EVENT_AHEAD_MAX_MS = 5 * 60_000;
/** The longest name that IANA has is half as long. */
export const TIME_ZONE_LENGTH_MAX = 64;
/** Templates that one registration or birthday gives; the oldest first. A campaign has a handful. */
export const TRIGGERED_TEMPLATES_MAX = 50;
/** Coupons of one event on their way at once: all of a common one, and a few rounds within a request. */
export const TRIGGERED_AT_ONCE_MAX = 10;
/** Days after a birthday on which it is made up for: a weekend of an outage. */
export const BIRTHDAY_CATCH_UP_DAYS = 3;
/** Customers whose birthdays are noted in one transaction: a tenth of a second. */
export const BIRTHDAY_PAGE = 100;
/** Of them at once; each asks for one coupon after the other. */
export const BIRTHDAYS_AT_ONCE_MAX = 50;

/** Rows a job takes at a time. */
/** Rows of the outbox that get their place in one transaction. A batch of claims is one row. */
export const OUTBOX_PAGE = 200;
/** Rows of the log read at a time; with batches of 500 claims some megabyte. */
export const LOG_PAGE = 50;
/** Events told in one step, to an endpoint or the stream: memory of the relay, and what is told again after a crash. */
export const RELAY_EVENTS_MAX = 200;
/** Pages of the outbox, or of the stream, between two looks at the other. */
export const RELAY_PAGES_MAX = 50;
/** The relay looks for new events this often. */
export const RELAY_EVERY_MS = 250;
/** The log is kept this long: an endpoint that is disabled for less misses nothing. */
export const EVENT_LOG_KEPT_MS = 7 * 86_400_000;
/** Rows that are deleted in one transaction. */
export const PURGE_PAGE = 1_000;
/** Events in the Redis stream, about: some 40 MB, and minutes of a flash sale. */
export const EVENT_STREAM_LENGTH = 50_000;

/** Webhook endpoints of one installation; each has connections and a place in the log of its own. */
export const WEBHOOK_ENDPOINTS_MAX = 32;
export const WEBHOOK_URL_LENGTH_MAX = 2_048;
export const WEBHOOK_TYPES_MAX = 50;
/** One try, from the look-up of the name to the status of the answer. */
export const WEBHOOK_DEADLINE_MS = 10_000;
/** Tries at the same time to one endpoint; each is of another subject. */
export const WEBHOOK_CONCURRENCY = 8;
/** One endpoint has the word for this long before the next look at the log; a try that is under way is ended. */
export const WEBHOOK_ROUND_MS = 5_000;
/** What is read of an answer so that its connection can be used again; a longer one is cut off. */
export const WEBHOOK_ANSWER_BYTES_MAX = 16 * 1_024;
/** Then an event is a dead letter. With the waits below: about 18 hours after the first try. */
export const WEBHOOK_TRIES_MAX = 14;
/** The wait after the first failure, tripled with each further one up to the longest, jittered by half. */
export const WEBHOOK_BACKOFF_MS = 1_000;
export const WEBHOOK_BACKOFF_MAX_MS = 3 * 3_600_000;
/** The longest Retry-After that is honoured. */
export const WEBHOOK_RETRY_AFTER_MAX_MS = 86_400_000;
/** After so many failures in a row an endpoint is left alone for the pause, then tried with one event. */
export const WEBHOOK_FAILURES_MAX = 5;
export const WEBHOOK_PAUSE_MS = 10_000;
/** Events that wait at one endpoint; with more, no new ones are taken from the log for it. */
export const WEBHOOK_WAITING_MAX = 10_000;
/** An endpoint that took nothing for this long is disabled: shorter than the log is kept. */
export const WEBHOOK_FAILING_MAX_MS = 5 * 86_400_000;
/** After a rotation the secret before signs too for this long. */
export const WEBHOOK_SECRET_OVERLAP_MS = 86_400_000;
/** Dead letters are kept this long. */
export const DEAD_LETTERS_KEPT_MS = 30 * 86_400_000;
/** Of what went wrong, in characters. */
export const WEBHOOK_ERROR_LENGTH_MAX = 200;

/** Rows one run of a job takes at a time. */
export const JOB_PAGE = 200;
/**
 * Coupons that expire in one transaction. No claim waits for its locks, but claims share the disk and the
 * processors with it, and feel one of 500 more (docs/JOBS.md).
 */
export const EXPIRE_PAGE = 200;
/**
 * Work in pages rests after each as long as the page took, but no longer than this: the 5,000 pages of a million
 * coupons that expire have 42 minutes of rests at most, however slow they are.
 */
export const REST_MAX_MS = 500;
/** An owner is told this long before a coupon expires. */
export const REMIND_BEFORE_MS = 3 * 86_400_000;
/** How often it is looked for coupons that came free again after their turn to be reminded of. */
export const REMIND_AGAIN_EVERY_MS = 3_600_000;
/** A coupon that was used or has expired this long ago is archived: longer than most shops take goods back. */
export const ARCHIVE_AFTER_MS = 90 * 86_400_000;
/** How often the templates that can issue no more are walked for such coupons. */
export const ARCHIVE_WALK_EVERY_MS = 86_400_000;
/** Coupons that are looked at in one page of that walk. */
export const ARCHIVE_PAGE = 500;
/**
 * The audit of a coupon that ended EXPIRED stays this long after its archiving, unless the environment says
 * otherwise: three years, as long as China's E-Commerce Law (Art. 31) has traders keep their records.
 */
export const AUDIT_KEPT_DAYS = 1_095;
/** A delivered event stays for so long, for who must look back; twice that of verify, which looks for a day. */
export const OUTBOX_KEPT_MS = 7 * 86_400_000;
/** Reconciling looks back so far: several of its own periods, and as long as most holds live. */
export const RECONCILE_BACK_MS = 5 * 60_000;
/** Pages of one check in a run: some tens of thousands of rows, a second or two. */
export const RECONCILE_PAGES_MAX = 10;
/** Templates whose counter is compared in a run, and the coupons of the largest of them: some 50 ms each. */
export const RECONCILE_TEMPLATES = 20;
export const RECONCILE_COUPONS_MAX = 50_000;
/** A run goes on with page after page for so long; then any worker may go on. */
export const JOB_RUN_MS = 20_000;
/** A run that hangs is given up, and its lease with it; well over the page it had in hand. */
export const JOB_GIVE_UP_MS = 60_000;
/** A worker that died or froze is missed for so long: more than any one statement with its tries. */
export const JOB_LEASE_MS = 10_000;
/** Three chances to renew before a lease is over. */
export const JOB_RENEW_EVERY_MS = 3_000;
/** How often a worker writes down that a job lives which every worker runs. */
export const JOB_NOTE_EVERY_MS = 5_000;
/** Of the error of a failed run, in characters: what to look for in the log. */
export const JOB_ERROR_LENGTH_MAX = 500;

/** Log lines that wait for a reader who takes none, in bytes; more are dropped. */
export const LOG_WAITING_BYTES_MAX = 8 * 1024 * 1024;
