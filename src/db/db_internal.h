/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The inside of a connection; only the files of src/db include it. */
#ifndef DB_INTERNAL_H
#define DB_INTERNAL_H

#include <libpq-fe.h>

#include "base/arena.h"
#include "base/buf.h"
#include "db/db.h"

enum { PREPARED_MAX = 128 };

/*
 * A text that the server knows under a name of ours. The name is made from the text: should the session be another
 * one than we think, it knows the name for this text, or does not know it.
 */
struct prepared {
	char *sql;
	const char *asked; /* where that text was when it was looked for last: what is there now may be another one */
	const char *kept;  /* for its events; NULL: they copy it */
	unsigned number;
	char name[56]; /* teller_UUID_GENERATION */
	bool used;     /* the server has run it */
};

/* One message whose answer is awaited: a statement, the preparation that goes before it, the sync at the end, or a
 * text by the simple protocol, which travels alone. */
enum pending_kind { PENDING_PREPARE, PENDING_STATEMENT, PENDING_SYNC, PENDING_TEXT, PENDING_COPY };

struct pending {
	enum pending_kind kind;
	size_t index;      /* of the statement in the round trip */
	unsigned prepared; /* number of the prepared text, 0 for none */
	enum verb verb;
	bool commits, alone;
	bool few;
	/* These are in the arena of its round trip, but for a text that all events share. */
	struct shape shape;
	const char *sql; /* its text in the events */
	const char *params;
	struct trip *trip; /* where several round trips are under way: the one that it belongs to; ... */
	bool last;         /* ... and ends */
};

/* One host of a connection string, as libpq takes it; a name that was looked up is one for each of its addresses.
 * All owned. */
struct place {
	char *host;
	char *address; /* "" where the host says it all */
	char *port;
	bool asked; /* the address was given, not looked up */
};

struct places {
	struct place *p;
	size_t n;
};

/* Of the statement before the Sync whose answer is next: it is a transaction of its own, and is answered; the server
 * refused to commit it; and libpq has said that this is all of that. */
enum alone_state { ALONE_NONE, ALONE_HELD, ALONE_REFUSED, ALONE_ENDED };

/* The rows of an answer, taken one by one, up to a limit; then those of the last result. */
struct gathered {
	struct buf text, lengths; /* of the cells, one after another */
	size_t nrows, ncols;
	bool too_much;
	struct rows *rows; /* of the last result; NULL: none */
	bool refused;      /* it was too much */
};

struct beside;
struct cancel_job;
struct resolve_job;

/*
 * DB_OFF --db_connect--> DB_CONNECTING --(look up names, PQconnectPoll, set-up round trip)--> DB_IDLE <--> DB_BUSY.
 * Any failure leads to DB_DOWN, where the PGconn is gone and the next db_connect() starts again. db_move() is the
 * only place that changes the state.
 */
struct db {
	struct loop *loop;
	struct ring *ring;
	enum session session;
	char *name; /* teller/NAME TOKEN */
	char token[9];
	const struct db_setting *settings;
	bool bare;

	enum db_state state;
	PGconn *conn;
	struct watch *watch;
	int fd;
	struct timer *deadline; /* of connecting */
	struct timer *soon;     /* carries a failure out of db_send() to the loop */

	struct conninfo info;
	uint64_t limit_ms;
	db_connected_fn *connected;
	void *connected_arg;
	struct resolve_job *resolve;
	struct places places; /* in the order in which they are tried */
	size_t first_place;   /* of those that libpq was given */
	uint64_t share_ms;    /* of the limit, for this one */
	struct buf tried;     /* what was wrong with those before it, a line for each */
	struct place left;    /* the one that was lost last, of several that are alike; all NULL: none */
	bool moves;           /* db_set_moving() */
	char *moved;          /* why an idle session is made anew elsewhere, until it is; NULL */
	bool setting_up;      /* connected, but the set-up round trip is not answered */
	char *setup_error;
	char setup_sqlstate[6];
	bool refused;       /* the question who is there; the next is simpler */
	unsigned simpler;   /* how often that was so */
	uint64_t dialed_us; /* this host's connection was begun */
	struct who who;
	bool needs_password;
	char refusal[6]; /* the SQLSTATE with which the server did not let us in; "" where none answered */

	struct pending *pending;
	size_t room;         /* for so many */
	bool shared;         /* by several round trips: trips.c */
	size_t npending, at; /* pending[at] is the one whose answer comes next */
	size_t answered;
	struct arena kept; /* what is pending has its texts there, until the round trip is over; see struct trip, too */
	PGresult *current; /* first result of pending[at] that matters: the first error, else the last result */
	PGresult *held;    /* what `alone` is about */
	enum alone_state alone;
	struct gathered gathered;
	unsigned reads; /* of the socket, for the answer that is next */
	size_t arrived; /* bytes of an answer that is taken whole, or more: what was there may be counted twice */
	PGresult *prepare_error;
	struct db_context context;
	struct db_reply reply;
	uint64_t last_us;
	uint64_t read_us; /* when what is read now was there; 0: the clock was not looked at yet */

	bool feeding; /* the server takes the data of a COPY */
	struct feed feed;
	struct buf piece;
	struct buf scratch; /* for a text while it is made */

	char *warning; /* of class 01, since the last answer */
	char *fatal;   /* the server's last words, where they came outside any answer */
	char fatal_sqlstate[6];
	bool contradicted;
	char *end; /* libpq's words on how the connection ended */
	struct cancel_job *cancel;
	struct timer *cancel_limit; /* until the request is answered; NULL: none was ever made on this connection */
	bool cancel_stray;          /* it was not answered in time, and may still reach the server */
	struct beside *beside;      /* a cancel by SQL, should that one be ignored */
	bool cut_due;               /* db_cut_answered() */
	bool idle_due;              /* the round trip is over, but a cancel is still on its way */
	bool in_transaction;
	db_lost_fn *on_lost;
	void *on_lost_arg;
	void (*on_notice)(void *arg, const struct db_notice *notice);
	void *on_notice_arg;
	void (*on_uncancelled)(void *arg, const char *why);
	void *on_uncancelled_arg;
	void (*on_notify)(void *arg, const struct db_notification *notification);
	void *on_notify_arg;

	struct prepared prepared[PREPARED_MAX];
	size_t nprepared;
	size_t last_found; /* which of them was asked for last */
	unsigned last_prepared;
	unsigned generation; /* of names: the server keeps what was prepared under those of the one before */
	bool outdated;       /* for db_outdated() */

	enum sql_server server;
	struct db_facts facts;
	struct buf place;
	char version[32];
	char tls[32];
};

void db_move(struct db *db, enum db_state state);

/* connect.c */
void connect_ready(struct db *db); /* the socket is ready while connecting */
void connect_close(struct db *db); /* gives the PGconn and all that hangs on it back */
/* This host does not serve us: the next one is dialled, or db->connected() is told. `code` is the server's SQLSTATE, ""
 * where it said none; NULL: `why` is libpq's, which name the host and may have a code. */
void connect_failed(struct db *db, const char *code, const char *why);
void connect_deadline(void *arg);
void watch_socket(struct db *db, int events);
const char *conn_option(PQconninfoOption *options, const char *keyword); /* NULL where it is not there */

/* greet.c */
void greet_facts(struct db *db); /* what libpq knows once it is connected */
void greet(struct db *db);       /* the set-up round trip; db->connected follows */

/* db.c */
void db_flush(struct db *db);
void db_forget_pending(struct db *db);
void db_lose(struct db *db, const PGresult *why);
void db_notice(void *arg, const PGresult *result);

void db_begin(struct db *db, size_t npending, const struct db_context *context, const struct db_reply *reply);
struct pending *db_pend(struct db *db, enum pending_kind kind); /* all else of it is 0 */
bool db_send_statement(struct db *db, const struct statement *statement, size_t index);
bool db_send_sync(struct db *db);
void db_keep_sent(struct db *db, size_t from,
		  const struct statement *statements); /* those that are pending from there */
/* Its text in the events, where it has none yet. */
void pending_show(struct db *db, struct pending *pending, const char *sql);
void db_sent(struct db *db, bool ok); /* flushes, or has the failure come from the loop */

/* receive.c */
void db_ready(void *arg, int events);
void receive_row_by_row(struct db *db); /* so do the rows of the statement come whose answer is next */
void db_finish_round_trip(struct db *db);
void db_read_notifications(struct db *db);

/* trips.c: before and after the connection takes an answer of that round trip; one of its Syncs is answered; the end of
 * all of them with the connection */
void trips_enter(struct db *db, const struct pending *pending);
void trips_leave(struct db *db, struct pending *pending);
struct arena *trips_kept(struct db *db, const struct pending *pending); /* what that round trip keeps */
bool trips_synced(struct db *db);
void trips_record_lost(struct db *db);
void trips_lost(struct pending *pending, size_t n, const struct answer *why); /* takes them */
void trips_forget(struct db *db);

/* alone.c: a statement that is a transaction by itself has no answer before its Sync has one */
void alone_hold(struct db *db);                      /* db->current is the answer to the statement itself */
bool alone_refused(struct db *db, PGresult *result); /* takes what the commit failed with, where it is that */
bool alone_goes_on(struct db *db);                   /* nothing more is said of the commit, and its Sync is next */
void alone_forget(struct db *db);

/* text.c */
void text_leave(struct db *db); /* before a pipeline begins */
bool text_read(struct db *db);  /* false once the connection was lost */

/* copy.c: one COPY FROM STDIN as a round trip of its own */
void copy_send(struct db *db, const struct statement *statement, const struct db_context *context,
	       const struct db_reply *reply);
void copy_begin(struct db *db); /* the server waits for the data */
void copy_feed(struct db *db);  /* the socket can take more */
void copy_forget(struct db *db);

/* resolve.c: the hosts to try, their names looked up aside. No places and no error: libpq knows by itself where to
 * go. Both are borrowed for the call; the places may be taken. */
typedef void resolve_fn(void *arg, struct places *places, const char *error);
struct resolve_job *resolve_start(struct loop *loop, const struct conninfo *info, resolve_fn *done, void *arg);
void resolve_forget(struct resolve_job *job); /* done() will not come */
void places_free(struct places *places);
void place_free(struct place *place);
struct place place_copy(const struct place *place);

/* hosts.c: lists for libpq of the places from `from` on; whether to go on with those behind the one that failed, for
 * the reason in db->refusal; and libpq's verbose words as people read them. */
void hosts_list(const struct places *places, size_t from, struct buf *hosts, struct buf *addresses, struct buf *ports);
size_t hosts_current(const struct db *db); /* the place libpq is at; places.n where that cannot be told */
bool hosts_go_on(struct db *db);
void hosts_words(struct buf *out, const char *text, char code[6]);

/* balance.c: takes load_balance_hosts out of a connection string; puts db->places in the order in which they are tried;
 * keeps the one that is connected to as the last to try again, and returns whether there are others. */
enum status balance_take(struct buf *target, enum conninfo_balance *balance, struct err *err);
void balance_order(struct db *db);
bool balance_leave(struct db *db);
void balance_forget(struct db *db);

/* conninfo.c: as conninfo_show(), with the options of a connection that was begun, which know of a service's; NULL
 * before that */
void conninfo_show_used(struct buf *out, const struct conninfo *info, const PQconninfoOption *used);

/* place.c: where a connection leads. An address that was asked for is shown in place of the host's name. */
bool place_is_local(const PGconn *conn); /* a Unix socket */
void place_show(struct buf *out, const struct db *db);

/* cancel.c: a cancel is on its way, and the round trip is not over for its owner; it may be over now */
bool cancel_holds(const struct db *db);
void cancel_hold(struct db *db); /* the round trip is over, and cancel_holds() */
void cancel_release(struct db *db);
void cancel_forget(struct db *db);

/* cancel_beside.c: has the round trip under way cancelled by another connection, unless it ends soon; whether that one
 * has sent something that could hit a later statement; and no more of it, for the round trip is over */
void beside_arm(struct db *db);
bool beside_holds(const struct db *db);
void beside_forget(struct db *db);

/* prepared.c */
struct prepared *prepared_find(struct db *db, const char *sql);
struct prepared *prepared_add(struct db *db, const char *sql); /* NULL when full */
void prepared_drop(struct db *db, unsigned number);
struct prepared *prepared_numbered(struct db *db, unsigned number); /* NULL where it is not there */
void prepared_clear(struct db *db);

/* record.c: answers and events out of libpq's results */
void answer_from(struct answer *answer, struct buf *text, const PGresult *result);
/* An answer that is not taken becomes an error that is ours, not one that the server gave: answer->clean is false. */
void answer_refuse(struct answer *answer, struct buf *text, const char *sqlstate, const char *message);
void answer_check(struct answer *answer, struct buf *text, const struct shape *shape);
bool result_is_fatal(const PGresult *result);
bool result_is_error(const PGresult *result); /* of severity ERROR */
bool result_is_copy(const PGresult *result);  /* the server copies from or to the client */
void record_sent(struct db *db, const struct pending *pending);
void record_unanswered_one(struct db *db, const struct pending *pending);
void record_unanswered(struct db *db); /* what was sent and will not be answered */
void record_answer(struct db *db, const struct pending *pending, const struct answer *answer);
void record_session(struct db *db, enum event_kind kind, const char *sqlstate, const char *message);
/* The parameters of a statement in one array: its own, or joined with those that are more, and then owned. */
struct params {
	const char *const *values;
	unsigned n;
	const char **joined;
};
struct params params_all(const struct statement *statement);
void params_done(struct params *params);

/* NULL where it has none. */
const char *params_text(struct db *db, struct arena *arena, const struct statement *statement);

/* rows.c. rows_new() has room for so many bytes of names and cells, each with its NUL; *text is where to put them. */
struct rows *rows_new(size_t nrows, size_t ncols, size_t bytes, char **text); /* owned; all cells NULL */
struct rows *rows_from(const PGresult *result);                               /* owned: all of it */
size_t rows_names_size(const PGresult *result);
void rows_put_names(struct rows *rows, const PGresult *result, char **at);
const char *rows_put(char **at, const char *s, size_t n);

/* gather.c */
enum { GATHER_MAX = 32 << 20 };
bool gather_row(struct gathered *gathered, const PGresult *row); /* false: too much */
void gather_end(struct gathered *gathered, const PGresult *end); /* the last row is in; `end` has the shape of all */
void gather_refuse(struct answer *answer, struct buf *text);     /* what is said where it was too much */
void gather_forget(struct gathered *gathered);

#endif
